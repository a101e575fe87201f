using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Compaction;

/// <summary>The selector's decision.</summary>
/// <param name="Run">The run to start; null if none is worth its cost.</param>
/// <param name="DirtyRange">The part that is not clean.</param>
/// <param name="NextAt">When the oldest segment that is too young, or has remembered keys, will be old enough; null if there is none.</param>
internal sealed record ChosenRun(CompactionRun? Run, DirtyRange DirtyRange, UnixMicros? NextAt)
{
    /// <summary>Bytes of the sealed segments that are left as they are because request keys in them, or before them, are remembered.</summary>
    public long KeyHeldBytes { get; init; }

    /// <summary>When the oldest of these keys expire; null if no segment is left for its keys.</summary>
    public UnixMicros? KeysHoldUntil { get; init; }
}

/// <summary>
/// Selects the inputs of a new run. Excludes the segments that the append path needs: the active segment, the last segment with events, and all segments from
/// the oldest one with a remembered request key. Costs about log2 S reads for S segments, and one read for the oldest dirty segment, if there is one.
/// </summary>
internal sealed class CompactionRunSelector(LogPorts ports, CompactionOptions options, StreamDescription stream, PartitionId partition)
{
    private const int RewrittenAtOnce = 64;

    /// <summary>Expired tombstones alone are worth a run if there is at least one tombstone per this many events.</summary>
    private const int TombstoneShare = 10;

    private readonly SegmentTimes _times = new(ports.Blobs);

    public async Task<ChosenRun> ChooseAsync(
        CompactionState state, IReadOnlyList<SegmentFile> files, PartitionTail tail, bool isDemanded, CancellationToken cancellation)
    {
        UnixMicros now = ports.Clock.Now();

        // Include a segment that contains the log start: it may hold an old value of any key. The log start can move into a segment during a run.
        List<LiveSegment> live = [.. SegmentMap.Resolve(files).Where(s => s.Visible.End > stream.LogStart(partition))];
        Offset limit = LastWithEvents(live, tail.Position);
        live = [.. live.Where(s => s.Visible.End <= limit && s.File.Sealed)];
        KeyHold? hold = tail.KeyHold(now);
        long held = hold is { } first ? live.Where(s => s.Visible.End > first.From).Sum(s => s.File.Length) : 0;
        if (hold is { } kept)
        {
            live.RemoveAll(s => s.Visible.End > kept.From);
        }

        bool isEntity = stream.Settings.Kind == StreamKind.Entity;
        UnixMicros? waits = await DropYoungAsync(live, now, isEntity ? MinLag : options.RewriteAfter, cancellation);
        ChosenRun chosen = isEntity ? await CompactionAsync(state, live, now, waits, isDemanded, cancellation) : Rewriting(live, now, waits);
        return held == 0 ? chosen : chosen with { KeyHeldBytes = held, KeysHoldUntil = hold!.Value.Until, NextAt = Earlier(chosen.NextAt, hold.Value.Until) };
    }

    /// <summary>The part that a run in progress cleans. Costs one read if that part is not empty.</summary>
    public Task<DirtyRange> DirtAsync(CompactionRun run, CancellationToken cancellation) =>
        run.Kind == CompactionRun.Compact ? DirtyRange.OfAsync(run.Inputs, new Offset(run.CleanTo), _times, cancellation) : Task.FromResult(DirtyRange.None);

    public TimeSpan TombstonesKept
    {
        get
        {
            // At least the grace period: a reader of a replaced segment, which still has the old value, must be able to reach the tombstone.
            TimeSpan asked = stream.Settings.Compaction?.TombstoneRetention ?? options.TombstoneRetention;
            return asked > options.Grace ? asked : options.Grace;
        }
    }

    private TimeSpan MinLag => stream.Settings.Compaction?.MinLag ?? options.MinLag;

    private async Task<ChosenRun> CompactionAsync(
        CompactionState state, List<LiveSegment> live, UnixMicros now, UnixMicros? waits, bool isDemanded, CancellationToken cancellation)
    {
        DirtyRange dirt = await DirtyRange.OfAsync(Inputs(live), new Offset(state.CleanTo), _times, cancellation);
        Offset expiredTo = state.ExpiredTo(now, TombstonesKept);
        bool hasExpired = state.Tombstones > 0 && expiredTo.Value > state.TombstonesBelow && (isDemanded || state.Tombstones * TombstoneShare >= state.Events);
        bool isWorthIt = hasExpired || (dirt.Ratio > 0 && (isDemanded || dirt.Ratio >= options.DirtyRatio));
        CompactionRun? run = isWorthIt && live.Count > 0
            ? New(CompactionRun.Compact, live, now) with { CleanTo = state.CleanTo, TombstonesBelow = expiredTo.Value }
            : null;
        return new ChosenRun(run, dirt, waits);
    }

    /// <summary>A run over append blobs only: segments that are already block blobs are not rewritten.</summary>
    private ChosenRun Rewriting(List<LiveSegment> live, UnixMicros now, UnixMicros? waits)
    {
        List<LiveSegment> old = [.. live.Where(s => s.File.Generation == 0).Take(RewrittenAtOnce)];
        return new ChosenRun(old.Count > 0 ? New(CompactionRun.Rewrite, old, now) : null, DirtyRange.None, waits);
    }

    private CompactionRun New(string kind, List<LiveSegment> inputs, UnixMicros now) => new()
    {
        Id = ports.Randomness.NextId().ToString("x32", CultureInfo.InvariantCulture),
        Kind = kind,
        Started = now.Value,
        Bound = inputs[^1].Visible.End.Value,
        CleanTo = 0,
        TombstonesBelow = 0,
        Seed = (ulong)ports.Randomness.NextId(),
        Inputs = Inputs(inputs),
    };

    private static IReadOnlyList<RunInput> Inputs(List<LiveSegment> live) =>
        [.. live.Select(s => new RunInput(s.File.Name, s.Visible.Start.Value, s.Visible.End.Value, s.File.Generation, s.File.Length))];

    private static UnixMicros Earlier(UnixMicros? one, UnixMicros other) => one is { } known && known < other ? known : other;

    /// <summary>The start of the last segment with events. Inputs must end at or below it.</summary>
    private static Offset LastWithEvents(List<LiveSegment> live, TailPosition tail)
    {
        LiveSegment? last = live.LastOrDefault(s => tail.Next > tail.SegmentBase ? s.Visible.Start == tail.SegmentBase : s.Visible.End == tail.SegmentBase);
        return last?.Visible.Start ?? Offset.Zero; // Zero: a segment was created after the listing. Select nothing; the next call lists it.
    }

    /// <summary>Removes the segments at the end whose last event is too young. Costs about log2 S reads for S segments, or one if none is.</summary>
    /// <returns>When the oldest removed segment will be old enough; null if none was removed.</returns>
    private async Task<UnixMicros?> DropYoungAsync(List<LiveSegment> live, UnixMicros now, TimeSpan lag, CancellationToken cancellation)
    {
        UnixMicros young = now.Plus(-lag).Plus(TimeSpan.FromMicroseconds(1));
        if (live.Count == 0 || await _times.LastAppendedAsync(live[^1].File, cancellation) is not { } newest || newest < young)
        {
            return null;
        }

        SegmentSince first = await _times.FirstSinceAsync(live, young, cancellation);
        live.RemoveRange(first.Index, live.Count - first.Index);
        return first.Last?.Plus(lag);
    }
}
