using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Core.Positions;

namespace Headwater.Log.Compaction;

/// <summary>
/// What is agreed about a partition's compaction: <c>{partition}/compaction</c>, changed only under <c>If-Match</c>. Without it the whole log counts
/// as dirty and tombstones stay longer.
/// Members are persisted: names and meanings never change.
/// </summary>
internal sealed record CompactionState
{
    public const int CurrentFormat = 1;

    public static CompactionState None { get; } = new();

    public int Format { get; init; } = CurrentFormat;

    /// <summary>Of the ownership under which it was written last; a holder of a lower one has been replaced.</summary>
    public long Epoch { get; init; }

    /// <summary>Below this offset no key has two events.</summary>
    public long CleanTo { get; init; }

    /// <summary>Up to where the log was clean at which time, the last cleanings, oldest first.</summary>
    public IReadOnlyList<Cleaning> Cleanings { get; init; } = [];

    /// <summary>Up to where the last run let tombstones go.</summary>
    public long TombstonesBelow { get; init; }

    /// <summary>Tombstones below <see cref="CleanTo"/>.</summary>
    public long Tombstones { get; init; }

    /// <summary>Events below <see cref="CleanTo"/>.</summary>
    public long Events { get; init; }

    /// <summary>When the last run ended, in microseconds; 0 before the first.</summary>
    public long LastRun { get; init; }

    /// <summary>The run under way, if there is one.</summary>
    public CompactionRun? Run { get; init; }

    [JsonIgnore]
    public UnixMicros? LastRunAt => LastRun == 0 ? null : new UnixMicros(LastRun);

    /// <param name="To">No key had two events below this offset.</param>
    /// <param name="At">Then, in microseconds.</param>
    internal sealed record Cleaning(long To, long At);

    /// <summary>Tombstones below this offset have been cleanable for as long as they have to stay.</summary>
    public Offset ExpiredTo(UnixMicros now, TimeSpan kept) =>
        new(Cleanings.Where(c => c.At + (long)kept.TotalMicroseconds <= now.Value).Select(c => c.To).DefaultIfEmpty(0).Max());

    /// <summary>When the next tombstones will have stayed long enough; null if none will.</summary>
    public UnixMicros? NextExpiry(UnixMicros now, TimeSpan kept)
    {
        long[] later = [.. Cleanings.Select(c => c.At + (long)kept.TotalMicroseconds).Where(at => at > now.Value)];
        return Tombstones > 0 && later.Length > 0 ? new UnixMicros(later.Min()) : null;
    }

    /// <summary>The state after its run: clean up to its bound, as of now. Cleanings that no longer tell anything are forgotten.</summary>
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

    /// <summary>A later version wrote it, and may be in the middle of a run.</summary>
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

    /// <returns>Null if it cannot be made sense of: as good as none.</returns>
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

    /// <summary>Of many cleanings, every second is forgotten; its tombstones stay until the one after it counts.</summary>
    private static IReadOnlyList<Cleaning> Fewer(IReadOnlyList<Cleaning> cleanings) =>
        cleanings.Count <= 64 ? cleanings : [.. cleanings.Where((_, i) => i % 2 == 1 || i == cleanings.Count - 1)];
}

/// <summary>One run over a partition. Everything that decides its outcome is here, or in segments that do not change.</summary>
internal sealed record CompactionRun
{
    public const string Compact = "compact";

    public const string Rewrite = "rewrite";

    /// <summary>32 hexadecimal digits; sync markers and batch ids derive from it.</summary>
    public required string Id { get; init; }

    public required string Kind { get; init; }

    /// <summary>The run's clock, read once, in microseconds.</summary>
    public required long Started { get; init; }

    /// <summary>Events from here on are not looked at.</summary>
    public required long Bound { get; init; }

    /// <summary>Below this offset the log was clean before the run.</summary>
    public required long CleanTo { get; init; }

    /// <summary>Tombstones below this offset go.</summary>
    public required long TombstonesBelow { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Live segments below the bound, in order.</summary>
    public required IReadOnlyList<RunInput> Inputs { get; init; }

    /// <summary>Null until the scan is done. Once saved, the plan is always carried out, possibly by another process.</summary>
    public IReadOnlyList<PlannedSegment>? Plan { get; init; }

    /// <summary>What the scan counted, known with the plan.</summary>
    public long EventsLeft { get; init; }

    public long TombstonesLeft { get; init; }

    [JsonIgnore]
    public UInt128 Number => UInt128.Parse(Id, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
}

/// <param name="Name">Full blob name.</param>
/// <param name="Start">First offset it speaks for.</param>
/// <param name="End">One past the last.</param>
/// <param name="Generation">Of the file.</param>
/// <param name="Bytes">Of the file.</param>
internal sealed record RunInput(string Name, long Start, long End, int Generation, long Bytes)
{
    [JsonIgnore]
    public OffsetRange Range => new(new Offset(Start), new Offset(End));
}

/// <param name="First">Index of the first input it replaces.</param>
/// <param name="Count">How many it replaces.</param>
/// <param name="Generation">One more than the highest of them.</param>
internal sealed record PlannedSegment(int First, int Count, int Generation);

/// <summary>All that every version's states have in common.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record CompactionFormat(int Format);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CompactionState))]
[JsonSerializable(typeof(CompactionFormat))]
internal sealed partial class CompactionStateJson : JsonSerializerContext;
