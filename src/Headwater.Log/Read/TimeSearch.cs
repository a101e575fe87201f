using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Partitions;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// Finds the first event appended at or after a time: a binary search over the segments by their first block, then the index, then a scan.
/// For S segments, costs one listing and about log2 S reads of a header and a block each. Most of these reads are cached for the next search.
/// </summary>
internal sealed class TimeSearch(ReadablePartition partition, SegmentIndexes indexes, SegmentScan scan)
{
    private const int ProbeBytes = 64 << 10;

    private const int ScanBytes = 512 << 10;

    /// <returns>The first offset appended at or after the time, at least the log start; the log end, after asking storage, if all events are older.</returns>
    public async Task<Offset> FindAsync(UnixMicros time, Offset logStart, CancellationToken cancellation)
    {
        TailPosition tail = (await partition.TailAsync(cancellation)).Position;
        if (time > tail.LastAppended)
        {
            tail = (await partition.FreshTailAsync(cancellation)).Position;
        }

        if (time > tail.LastAppended)
        {
            return tail.Next;
        }

        List<LiveSegment> live = [.. (await partition.Map.ListAsync(cancellation)).Where(s => s.Visible.End > logStart)];
        if (live.Count == 0 || live[0].Visible.Start > logStart || HasHole(live))
        {
            throw new SegmentGoneException($"The segment of offset {logStart}"); // Deleted by retention or with the stream, after the caller's description.
        }

        int first = await FirstCandidateAsync(live, time, cancellation);
        for (int i = first; i < live.Count; i++)
        {
            if (await FindInAsync(live[i], time, logStart, cancellation) is { } found)
            {
                return found > logStart ? found : logStart;
            }
        }

        return (await partition.FreshTailAsync(cancellation)).Position.Next;
    }

    /// <summary>
    /// Compaction leaves no hole between segments. A hole can exist only below a log start that the caller does not know yet, if compaction published a segment
    /// after retention deleted the segments around it.
    /// </summary>
    private static bool HasHole(List<LiveSegment> live) => live.Skip(1).Where((segment, i) => segment.Visible.Start != live[i].Visible.End).Any();

    /// <summary>The last segment that begins before the time: the event is in that segment or is the first event after it.</summary>
    private async Task<int> FirstCandidateAsync(List<LiveSegment> live, UnixMicros time, CancellationToken cancellation)
    {
        int low = 0;
        int high = live.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            UnixMicros? begins = await BeginsAsync(live[middle], cancellation);
            (low, high) = begins < time ? (middle + 1, high) : (low, middle);
        }

        return Math.Max(0, low - 1);
    }

    /// <returns>Null for a segment without events.</returns>
    private async Task<UnixMicros?> BeginsAsync(LiveSegment segment, CancellationToken cancellation)
    {
        if (await HeaderAsync(segment, cancellation) is not { } known)
        {
            return null;
        }

        await foreach (ScannedBlock scanned in scan.BlocksAsync(segment.File.Name, known.Header, known.Length, ProbeBytes, cancellation))
        {
            using DecodedBlock block = scanned.Block;
            return block.Appended;
        }

        return null;
    }

    private async Task<Offset?> FindInAsync(LiveSegment segment, UnixMicros time, Offset logStart, CancellationToken cancellation)
    {
        if (await HeaderAsync(segment, cancellation) is not { } known)
        {
            return null;
        }

        if (known.Header.BaseOffset > segment.Visible.Start && known.Header.BaseOffset > logStart)
        {
            throw new SegmentGoneException($"The segment before offset {known.Header.BaseOffset}"); // Deleted by retention, after the caller's description.
        }

        long position = await PositionAsync(segment, known, time, cancellation);
        await foreach (ScannedBlock scanned in scan.BlocksAsync(segment.File.Name, known.Header, position, ScanBytes, cancellation))
        {
            using DecodedBlock block = scanned.Block;
            if (FirstSince(block, known.Header, time) is { } found && segment.Visible.Contains(found))
            {
                return found;
            }
        }

        return null;
    }

    /// <returns>Null for an empty segment.</returns>
    private async Task<StoredHeader?> HeaderAsync(LiveSegment segment, CancellationToken cancellation) =>
        await indexes.HeaderAsync(segment.File.Name, cancellation)
        ?? (segment.File.Length == 0 ? null : throw new SegmentGoneException(segment.File.Name));

    private async Task<long> PositionAsync(LiveSegment segment, StoredHeader known, UnixMicros time, CancellationToken cancellation)
    {
        IndexEntry? entry = segment.Visible.End == Offset.Max
            ? (await partition.TailAsync(cancellation)).EntryBefore(segment.File.Base, time)
            : (await indexes.IndexOrBuildAsync(segment.File, known, scan, cancellation))?.FindByTime(time);
        return entry?.Position ?? known.Length;
    }

    private static Offset? FirstSince(DecodedBlock block, SegmentHeader header, UnixMicros time)
    {
        foreach (DecodedEvent view in block.GetEvents(header.Schema))
        {
            if (view.Appended >= time)
            {
                return view.Offset;
            }
        }

        return null;
    }
}
