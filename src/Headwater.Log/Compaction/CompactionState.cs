using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Core.Positions;

namespace Headwater.Log.Compaction;

/// <summary>
/// The agreed state of a partition's compaction, in blob <c>{partition}/compaction</c>. Every change is conditional on the ETag. If the blob is lost, the whole
/// log counts as dirty and tombstones are kept longer. The members are persisted: their names and meanings never change.
/// </summary>
internal sealed record CompactionState
{
    public const int CurrentFormat = 1;

    public static CompactionState None { get; } = new();

    public int Format { get; init; } = CurrentFormat;

    /// <summary>Epoch of the ownership that last wrote the state. An instance with a lower epoch has been replaced.</summary>
    public long Epoch { get; init; }

    /// <summary>Below this offset, every key has at most one event.</summary>
    public long CleanTo { get; init; }

    /// <summary>The last runs' bounds and end times, oldest first. They date how long a tombstone has been below the clean offset.</summary>
    public IReadOnlyList<Cleaning> Cleanings { get; init; } = [];

    /// <summary>The last run removed all tombstones below this offset.</summary>
    public long TombstonesBelow { get; init; }

    /// <summary>Number of tombstones below <see cref="CleanTo"/>, at most.</summary>
    public long Tombstones { get; init; }

    /// <summary>Number of events below <see cref="CleanTo"/>.</summary>
    public long Events { get; init; }

    /// <summary>When the last run ended, in Unix microseconds; 0 if none has.</summary>
    public long LastRun { get; init; }

    /// <summary>The run in progress; null if there is none.</summary>
    public CompactionRun? Run { get; init; }

    [JsonIgnore]
    public UnixMicros? LastRunAt => LastRun == 0 ? null : UnixMicros.Clamp(LastRun);

    /// <summary>The end of one run.</summary>
    /// <param name="To">Below this offset, every key had at most one event.</param>
    /// <param name="At">When the run ended, in Unix microseconds.</param>
    internal sealed record Cleaning(long To, long At)
    {
        public UnixMicros EndOf(TimeSpan retention) => UnixMicros.Clamp(At).Plus(retention);
    }

    /// <summary>Tombstones below this offset are past their retention: they have been clean for <paramref name="kept"/>.</summary>
    public Offset ExpiredTo(UnixMicros now, TimeSpan kept) =>
        new(Cleanings.Where(c => c.EndOf(kept) <= now).Select(c => c.To).DefaultIfEmpty(0).Max());

    /// <summary>When the retention of the next tombstones ends; null if there are no tombstones or no later end.</summary>
    public UnixMicros? NextExpiry(UnixMicros now, TimeSpan kept)
    {
        UnixMicros[] later = [.. Cleanings.Select(c => c.EndOf(kept)).Where(at => at > now)];
        return Tombstones > 0 && later.Length > 0 ? later.Min() : null;
    }

    /// <summary>The state after the run in progress ends now. Drops cleanings below which all tombstones are removed.</summary>
    public CompactionState Completed(UnixMicros now, long tombstones, long events)
    {
        if (Run is not { } run)
        {
            throw new InvalidOperationException("No run is under way.");
        }

        if (run.Kind == CompactionRun.Rewrite)
        {
            return this with { Run = null, LastRun = now.Value };
        }

        return this with
        {
            CleanTo = run.Bound,
            Cleanings = Fewer([.. Cleanings.Where(c => c.To >= run.TombstonesBelow), new Cleaning(run.Bound, now.Value)]),
            TombstonesBelow = run.TombstonesBelow,
            Tombstones = tombstones,
            Events = events,
            LastRun = now.Value,
            Run = null,
        };
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, CompactionStateJson.Default.CompactionState);

    /// <summary>True if a later version of the app wrote the state. That version may have a run in progress.</summary>
    public static bool IsOfLaterVersion(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, CompactionStateJson.Default.CompactionFormat)?.Format > CurrentFormat;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Parses the state.</summary>
    /// <returns>Null if the bytes are not valid or have another format.</returns>
    public static CompactionState? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, CompactionStateJson.Default.CompactionState) is { Format: CurrentFormat } state ? state : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Bounds the list at 64: drops every second cleaning of a longer list. Tombstones of a dropped cleaning wait for the next cleaning.</summary>
    private static IReadOnlyList<Cleaning> Fewer(IReadOnlyList<Cleaning> cleanings) =>
        cleanings.Count <= 64 ? cleanings : [.. cleanings.Where((_, i) => i % 2 == 1 || i == cleanings.Count - 1)];
}

/// <summary>One compaction run of a partition. Its outcome depends only on these members and on immutable segments. The members are persisted.</summary>
internal sealed record CompactionRun
{
    public const string Compact = "compact";

    public const string Rewrite = "rewrite";

    /// <summary>32 hexadecimal digits; sync markers and batch ids derive from it.</summary>
    public required string Id { get; init; }

    public required string Kind { get; init; }

    /// <summary>When the run started, in Unix microseconds.</summary>
    public required long Started { get; init; }

    /// <summary>The run does not read events at or above this offset.</summary>
    public required long Bound { get; init; }

    /// <summary>Below this offset, the log was clean before the run.</summary>
    public required long CleanTo { get; init; }

    /// <summary>The run removes tombstones below this offset.</summary>
    public required long TombstonesBelow { get; init; }

    /// <summary>Seed of the hash of keys. All instances that continue the run must use the same hash.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Live segments below the bound, in order.</summary>
    public required IReadOnlyList<RunInput> Inputs { get; init; }

    /// <summary>Null until the scan is done. Once saved, the plan is always carried out, possibly by another process.</summary>
    public IReadOnlyList<PlannedSegment>? Plan { get; init; }

    /// <summary>Number of events that the run keeps. Set together with the plan.</summary>
    public long EventsLeft { get; init; }

    /// <summary>Number of tombstones that the run keeps, at most. Set together with the plan.</summary>
    public long TombstonesLeft { get; init; }

    [JsonIgnore]
    public UInt128 Number => UInt128.Parse(Id, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>An input segment of a run.</summary>
/// <param name="Name">Full blob name.</param>
/// <param name="Start">First offset of the segment's visible range.</param>
/// <param name="End">End of the visible range, exclusive.</param>
/// <param name="Generation">The segment's generation.</param>
/// <param name="Bytes">The blob's length in bytes.</param>
internal sealed record RunInput(string Name, long Start, long End, int Generation, long Bytes)
{
    [JsonIgnore]
    public OffsetRange Range => new(new Offset(Start), new Offset(End));
}

/// <summary>A segment that a run writes in place of consecutive inputs.</summary>
/// <param name="First">Index of the first input that the segment replaces.</param>
/// <param name="Count">Number of inputs that the segment replaces.</param>
/// <param name="Generation">One more than the highest generation of the inputs.</param>
internal sealed record PlannedSegment(int First, int Count, int Generation);

/// <summary>The members that the states of all versions share.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record CompactionFormat(int Format);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CompactionState))]
[JsonSerializable(typeof(CompactionFormat))]
internal sealed partial class CompactionStateJson : JsonSerializerContext;
