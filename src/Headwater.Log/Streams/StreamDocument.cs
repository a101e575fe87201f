using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Log.Model;

namespace Headwater.Log.Streams;

/// <summary>
/// The document <c>{stream}/stream.json</c>, which is the truth about a stream. Every change is written under <c>If-Match</c>. The names and meanings of its
/// members never change. A document with unknown members is rejected, because rewriting it would lose them.
/// </summary>
internal sealed record StreamDocument
{
    public const string Active = "active";

    public const string Deleting = "deleting";

    private const int CurrentFormat = 1;

    /// <summary>Escapes only what JSON requires, so that schemas stay readable in the stored text.</summary>
    private static readonly StreamDocumentJson Text =
        new(new JsonSerializerOptions(StreamDocumentJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public int Format { get; init; } = CurrentFormat;

    public required string StreamId { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required StreamKind Kind { get; init; }

    public required int Partitions { get; init; }

    public required string Codec { get; init; }

    /// <summary>Every schema version, oldest first, as verbatim text. Empty for a stream without a schema.</summary>
    public required IReadOnlyList<SchemaVersion> Schemas { get; init; }

    public RetentionSetting? Retention { get; init; }

    public CompactionSetting? Compaction { get; init; }

    public string? Owner { get; init; }

    public string? Doc { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool Inbox { get; init; }

    /// <summary>Log start offsets by partition number; a missing partition starts at 0.</summary>
    public IReadOnlyDictionary<string, long> LogStarts { get; init; } = new Dictionary<string, long>();

    public static StreamDocument For(string streamId, StreamSettings settings, DateTimeOffset created) => new StreamDocument
    {
        StreamId = streamId,
        State = Active,
        Created = created,
        Kind = settings.Kind,
        Partitions = settings.Partitions,
        Codec = settings.Codec.Name(),
        Schemas = settings.Schema is null ? [] : [new SchemaVersion(1, settings.Schema)],
    }.With(settings);

    /// <exception cref="HeadwaterException">CorruptSegment: the blob is not a stream document, or has a format that this version does not support.</exception>
    public static StreamDocument Read(ReadOnlySpan<byte> json, StreamName stream)
    {
        try
        {
            StreamDocument? document = JsonSerializer.Deserialize(json, StreamDocumentJson.Default.StreamDocument);
            return document is { Format: CurrentFormat }
                ? document
                : throw new HeadwaterException(
                    ErrorCode.CorruptSegment, $"stream.json of stream '{stream}' has a format that this version does not support. Upgrade the app.");
        }
        catch (JsonException problem)
        {
            throw new HeadwaterException(ErrorCode.CorruptSegment, $"stream.json of '{stream}' cannot be read: {problem.Message}", problem);
        }
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Text.StreamDocument);

    /// <summary>
    /// This document with the settings that may change after creation; ignores the others. The retention is in force at once;
    /// <see cref="With(RetentionDelay)"/>
    /// delays it.
    /// </summary>
    public StreamDocument With(StreamSettings settings) => this with
    {
        Retention = settings.Retention is { } retention ? Stored(retention) : null,
        Compaction = settings.Compaction is { } compaction ? new CompactionSetting(compaction.MinLag, compaction.TombstoneRetention) : null,
        Owner = settings.Owner,
        Doc = settings.Doc,
        Tags = settings.Tags,
        Inbox = settings.Inbox,
    };

    /// <summary>This document with a delay of its retention; null if the retention is in force.</summary>
    public StreamDocument With(RetentionDelay? delay) => Retention is not { } retention
        ? this
        : this with
        {
            Retention = retention with
            {
                EffectiveFrom = delay?.EffectiveFrom,
                UntilThen = delay?.UntilThen is { } until ? Stored(until) : null,
            },
        };

    /// <summary>This document with these log starts. A log start lower than the current one is ignored: log starts never go down.</summary>
    public StreamDocument WithLogStarts(IReadOnlyDictionary<PartitionId, Offset> starts)
    {
        var all = new Dictionary<string, long>(LogStarts);
        foreach ((PartitionId partition, Offset start) in starts)
        {
            string number = partition.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (start.Value > all.GetValueOrDefault(number))
            {
                all[number] = start.Value;
            }
        }

        return this with { LogStarts = all };
    }

    public StreamDescription Describe(StreamName name) => new()
    {
        Name = name,
        StreamId = StreamId,
        Created = Created,
        Settings = Settings(),
        RetentionDelay = Retention?.EffectiveFrom is { } from ? new RetentionDelay(from, Retention.UntilThen?.Settings) : null,
        SchemaVersion = Schemas.Count == 0 ? 1 : Schemas[^1].Version,
        Schema = Schemas.Count == 0 ? ValueSchema.Bytes : ValueSchema.Parse(Schemas[^1].Schema),
        LogStarts = LogStarts.ToDictionary(
            pair => new PartitionId(int.Parse(pair.Key, System.Globalization.CultureInfo.InvariantCulture)),
            pair => new Offset(pair.Value)),
    };

    private StreamSettings Settings() => new()
    {
        Kind = Kind,
        Partitions = Partitions,
        Schema = Schemas.Count == 0 ? null : Schemas[^1].Schema,
        Codec = BlockCodecNames.TryParse(Codec, out BlockCodec codec)
            ? codec
            : throw new HeadwaterException(ErrorCode.CorruptSegment, $"stream.json has codec '{Codec}', which this version does not support. Upgrade the app."),
        Retention = Retention?.Settings,
        Compaction = Compaction is { } compaction ? new CompactionSettings(compaction.MinLag, compaction.TombstoneRetention) : null,
        Owner = Owner,
        Doc = Doc,
        Tags = Tags,
        Inbox = Inbox,
    };

    private static RetentionSetting Stored(RetentionSettings retention) => new() { Time = retention.Time, Bytes = retention.Bytes };

    internal sealed record SchemaVersion(int Version, string Schema);

    internal sealed record RetentionSetting
    {
        public TimeSpan? Time { get; init; }

        public long? Bytes { get; init; }

        /// <summary>When these limits take effect; absent if they are in force.</summary>
        public DateTimeOffset? EffectiveFrom { get; init; }

        /// <summary>The limits in force until then; absent if there are none.</summary>
        public RetentionSetting? UntilThen { get; init; }

        [JsonIgnore]
        public RetentionSettings Settings => new(Time, Bytes);
    }

    internal sealed record CompactionSetting(TimeSpan? MinLag, TimeSpan? TombstoneRetention);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true,
    Converters = [typeof(IsoDurationConverter)],
    WriteIndented = true)]
[JsonSerializable(typeof(StreamDocument))]
internal sealed partial class StreamDocumentJson : JsonSerializerContext;
