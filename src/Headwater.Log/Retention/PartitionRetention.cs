using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Retention;

/// <summary>The log start that retention chose for a partition.</summary>
/// <param name="LogStart">The new log start offset; never lower than the current one.</param>
/// <param name="Files">All segments of the partition, as listed.</param>
/// <param name="NextAt">When the oldest kept segment will be too old; null if there is no time limit or no segment that it could delete.</param>
/// <param name="Safe">
/// Nothing from this offset on may be deleted, whatever the log start: request keys in it are remembered, or it is the active segment.
/// </param>
internal sealed record RetentionChoice(Offset LogStart, IReadOnlyList<SegmentFile> Files, UnixMicros? NextAt, Offset Safe)
{
    /// <summary>The offset below which segments may be deleted.</summary>
    /// <param name="logStart">The log start, which another run may have moved beyond the chosen one.</param>
    public Offset DeletableTo(Offset logStart) => logStart < Safe ? logStart : Safe;
}

/// <summary>
/// Chooses a partition's log start by age and by size, in whole segments. Always keeps the active segment, which has the log end, and the last segment with
/// events, which has the time of the last append. Costs one listing, and about log2 S reads for S segments that may be too old, or one if none is.
/// </summary>
internal sealed class PartitionRetention(LogPorts ports, PartitionPlace place, PartitionOpener opener)
{
    private readonly SegmentTimes _times = new(ports.Blobs);

    public async Task<RetentionChoice> ChooseAsync(RetentionSettings retention, Offset logStart, PartitionTail end, CancellationToken cancellation)
    {
        TailPosition tail = end.Position;
        IReadOnlyList<SegmentFile> files = await opener.ListAsync(place, cancellation);
        List<LiveSegment> live = [.. SegmentMap.Resolve(files).Where(s => s.Visible.End > logStart)];
        Offset kept = tail.Next > tail.SegmentBase ? tail.SegmentBase : live.LastOrDefault(s => s.Visible.End <= tail.SegmentBase)?.Visible.Start ?? logStart;
        List<LiveSegment> mayGo = [.. live.Where(s => s.Visible.End <= kept)];
        Offset bySize = retention.Bytes is { } bytes ? BySize(mayGo, live.Sum(s => s.File.Length), bytes) : logStart;
        (Offset byAge, UnixMicros? nextAt) = retention.Time is { } time ? await ByAgeAsync(mayGo, time, cancellation) : (logStart, null);
        Offset start = bySize > byAge ? bySize : byAge;
        start = start > logStart ? start : logStart;
        KeyHold? hold = end.KeyHold(ports.Clock.Now());
        bool isHeld = hold is { } keys && keys.From < start && SegmentsBelow.Find(files, start).Any(f => f.Base >= keys.From);
        Offset safe = hold is { } own && own.From < tail.SegmentBase ? own.From : tail.SegmentBase;
        return new RetentionChoice(start, files, isHeld && !(nextAt < hold!.Value.Until) ? hold.Value.Until : nextAt, safe);
    }

    /// <summary>Drops the oldest segments as long as the remaining segments have at least the limit's bytes.</summary>
    private static Offset BySize(List<LiveSegment> mayGo, long all, long limit)
    {
        Offset start = Offset.Zero;
        foreach (LiveSegment segment in mayGo.TakeWhile(s => all - s.File.Length >= limit))
        {
            all -= segment.File.Length;
            start = segment.Visible.End;
        }

        return start;
    }

    private async Task<(Offset Start, UnixMicros? NextAt)> ByAgeAsync(List<LiveSegment> mayGo, TimeSpan kept, CancellationToken cancellation)
    {
        UnixMicros young = ports.Clock.Now().Plus(-kept);
        bool isFirstKept = mayGo.Count > 0 && await _times.LastAppendedAsync(mayGo[0].File, cancellation) >= young;
        SegmentSince first = await _times.FirstSinceAsync(isFirstKept ? mayGo[..1] : mayGo, young, cancellation);
        Offset start = first.Index > 0 ? mayGo[first.Index - 1].Visible.End : Offset.Zero;
        return (start, first.Last?.Plus(kept).Plus(TimeSpan.FromMicroseconds(1)));
    }
}
