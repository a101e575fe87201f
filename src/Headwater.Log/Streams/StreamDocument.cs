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
/// <c>{stream}/stream.json</c>: the truth about a stream. Every change is made under <c>If-Match</c>. Members are persisted: names and meanings never change,
/// and a document with members this version does not know is refused rather than rewritten without them.
/// </summary>
internal sealed record StreamDocument
{
    public const string Active = "active";

    public const string Deleting = "deleting";

    private const int CurrentFormat = 1;

    /// <summary>Schemas stay readable in the stored text: no escapes but those JSON demands.</summary>
    private static readonly StreamDocumentJson Text = new(new JsonSerializerOptions(StreamDocumentJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public int Format { get; init; } = CurrentFormat;

    public required string StreamId { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required StreamKind Kind { get; init; }

    public required int Partitions { get; init; }

    public required string Codec { get; init; }

    /// <summary>Oldest first; verbatim texts. Empty for a stream without a schema.</summary>
    public required IReadOnlyList<SchemaVersion> Schemas { get; init; }

    public RetentionSetting? Retention { get; init; }

    public CompactionSetting? Compaction { get; init; }

    public string? Owner { get; init; }

    public string? Doc { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool Inbox { get; init; }

    /// <summary>By partition number; partitions not named start at 0.</summary>
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

    /// <exception cref="HeadwaterException">CorruptSegment: the blob is no stream document of a format known here.</exception>
    public static StreamDocument Read(ReadOnlySpan<byte> json, StreamName stream)
    {
        try
        {
            StreamDocument? document = JsonSerializer.Deserialize(json, StreamDocumentJson.Default.StreamDocument);
            return document is { Format: CurrentFormat }
                ? document
                : throw new HeadwaterException(ErrorCode.CorruptSegment, $"stream.json of stream '{stream}' has a format that this version does not support. Upgrade the app.");
        }
        catch (JsonException problem)
        {
            throw new HeadwaterException(ErrorCode.CorruptSegment, $"stream.json of '{stream}' cannot be read: {problem.Message}", problem);
        }
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Text.StreamDocument);

    /// <summary>The settings that may change after creation.</summary>
    public StreamDocument With(StreamSettings settings) => this with
    {
        Retention = settings.Retention is { } retention ? new RetentionSetting(retention.Time, retention.Bytes) : null,
        Compaction = settings.Compaction is { } compaction ? new CompactionSetting(compaction.MinLag, compaction.TombstoneRetention) : null,
        Owner = settings.Owner,
        Doc = settings.Doc,
        Tags = settings.Tags,
        Inbox = settings.Inbox,
    };

    /// <summary>Log starts only ever rise.</summary>
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
        Retention = Retention is { } retention ? new RetentionSettings(retention.Time, retention.Bytes) : null,
        Compaction = Compaction is { } compaction ? new CompactionSettings(compaction.MinLag, compaction.TombstoneRetention) : null,
        Owner = Owner,
        Doc = Doc,
        Tags = Tags,
        Inbox = Inbox,
    };

    internal sealed record SchemaVersion(int Version, string Schema);

    internal sealed record RetentionSetting(TimeSpan? Time, long? Bytes);

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
