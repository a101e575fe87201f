using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Partitions;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// Fills a page of stored blocks from one segment: the first that has events at or after the page's start. Blocks of generation 0 are relayed, see
/// <see cref="FrameWalk"/>, unless the request asks for verified ones; blocks that compaction wrote are decoded, because their offsets have gaps.
/// </summary>
internal sealed class RawPageFilling(ReadablePartition partition, SegmentIndexes indexes, ReadLane lane, ReadRequest request, RawPageBuilder page)
{
    /// <exception cref="SegmentGoneException">A segment was deleted after it was listed.</exception>
    /// <exception cref="HeadwaterException">CorruptSegment; Overloaded, if not even one block fits the budget.</exception>
    public async Task FillAsync(CancellationToken cancellation)
    {
        while (await FillFromOneAsync(cancellation))
        {
        }
    }

    /// <returns>True if compaction removed all events from the start to the end of the segment, so the next segment must be read.</returns>
    private async Task<bool> FillFromOneAsync(CancellationToken cancellation)
    {
        TailPosition tail = (await partition.TailAsync(cancellation)).Position;
        LiveSegment? found = await partition.Map.FindAsync(tail, page.Start, cancellation);
        StoredHeader? header = found is null ? null : await indexes.HeaderAsync(found.File.Name, cancellation);
        if (header is not { } known || found is not { } segment)
        {
            // At the log end, a new segment may have no header yet; the search for the start asked storage. Below the log end, a segment is missing.
            if (page.Start < tail.Next)
            {
                throw new SegmentGoneException($"The segment of offset {page.Start}");
            }

            return false;
        }

        var from = new SegmentRead(partition, segment, lane, request);
        from.RequireHolds(known.Header, page.Start);
        page.Begin(known.Header);
        SegmentMarks marks = await from.MarksAsync(indexes, known, page.Start, cancellation);
        bool isFull = from.Kind == SegmentFileKind.Dense && !request.IsVerified
            ? await RelayAsync(from, known, marks, cancellation)
            : await DecodeAsync(from, known, marks, cancellation);
        if (isFull)
        {
            return false;
        }

        page.ReachedEndOf(segment.Visible.End);
        return page.IsEmpty && !from.IsActive;
    }

    /// <returns>Whether the page is full; if not, the segment has ended.</returns>
    private async Task<bool> RelayAsync(SegmentRead from, StoredHeader known, SegmentMarks marks, CancellationToken cancellation)
    {
        string name = from.Segment.File.Name;
        IndexEntry? entry = marks.Before(page.Start);
        var walk = new FrameWalk(from, known.Header, marks, entry?.Offset ?? known.Header.BaseOffset, page);
        try
        {
            await foreach (StoredFrame frame in from.Lane.Scan.FramesAsync(name, known.Header, entry?.Position ?? known.Length, from.Chunk, cancellation))
            {
                walk.Pass(frame);
                if (walk.IsOver)
                {
                    break;
                }
            }
        }
        catch (HeadwaterException exhausted) when (IsEnough(exhausted))
        {
            walk.Close();
        }
        catch (HeadwaterException damage) when (damage.Code == ErrorCode.CorruptSegment && walk.IsFull)
        {
            // Damage behind a full page is for the next one to report.
        }

        walk.Confirm();
        return walk.IsFull;
    }

    /// <summary>Whether the page ends with the blocks that it has, because the budget has no memory for another.</summary>
    private bool IsEnough(HeadwaterException problem) => problem.Code == ErrorCode.Overloaded && !page.IsEmpty;

    private async Task<bool> DecodeAsync(SegmentRead from, StoredHeader known, SegmentMarks marks, CancellationToken cancellation)
    {
        (string name, Offset visibleEnd) = (from.Segment.File.Name, from.Segment.Visible.End);
        long position = marks.Before(page.Start)?.Position ?? known.Length;
        try
        {
            await foreach (ScannedBlock scanned in from.Lane.Scan.BlocksAsync(name, known.Header, position, from.Chunk, cancellation))
            {
                using DecodedBlock block = scanned.Block;
                Offset end = BlockExtent.End(block, from.Kind, known.Header.Schema);
                if (block.FirstOffset >= visibleEnd)
                {
                    break;
                }

                var whole = new RawBlock(block.FirstOffset, block.Count, block.Position, scanned.Stored);
                if (end > page.Start && !page.TryAdd(whole, end < visibleEnd ? end : visibleEnd))
                {
                    return true;
                }
            }
        }
        catch (HeadwaterException exhausted) when (IsEnough(exhausted))
        {
            return true;
        }

        return false;
    }
}
