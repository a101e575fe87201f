using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Budgets;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>A read of one segment for a page.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Segment">The segment.</param>
/// <param name="Lane">The budget, and what reads on it.</param>
/// <param name="Request">The request.</param>
internal readonly record struct SegmentRead(ReadablePartition Partition, LiveSegment Segment, ReadLane Lane, ReadRequest Request)
{
    /// <summary>One read for a page that is small because the budget is exhausted.</summary>
    private const int SmallestChunk = MemoryBudget.SmallBytes;

    private const int SmallChunk = 512 << 10;

    private const int LargeChunk = 4 << 20;

    private const int FewEvents = 100;

    public SegmentFileKind Kind => Segment.File.Generation == 0 ? SegmentFileKind.Dense : SegmentFileKind.Gapped;

    /// <summary>Whether the segment may still grow.</summary>
    public bool IsActive => Segment.Visible.End == Offset.Max;

    /// <summary>Bytes of one read of storage.</summary>
    public int Chunk => Request switch
    {
        { MaxBytes: <= SmallestChunk } => SmallestChunk,
        { MaxEvents: <= FewEvents } => SmallChunk,
        _ => Math.Clamp(Request.MaxBytes, SmallChunk, LargeChunk),
    };

    /// <summary>Requires that the segment covers the offset. If not, retention or a deletion of the stream is newer than the caller's description.</summary>
    /// <exception cref="SegmentGoneException">It does not.</exception>
    public void RequireHolds(SegmentHeader header, Offset offset)
    {
        if (Segment.Visible.Start > offset || header.BaseOffset > offset)
        {
            throw new SegmentGoneException($"The segment of offset {offset}, before {Segment.File.Name},");
        }
    }

    /// <summary>The index entries of the segment, to find blocks by; of an active segment those that the tail knows, near the offset and later.</summary>
    /// <param name="indexes">The indexes of sealed segments.</param>
    /// <param name="known">The segment's header.</param>
    /// <param name="offset">The offset to read from.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<SegmentMarks> MarksAsync(SegmentIndexes indexes, StoredHeader known, Offset offset, CancellationToken cancellation)
    {
        if (IsActive)
        {
            return (await Partition.TailAsync(cancellation)).Marks(Segment.File.Base, offset);
        }

        SegmentIndex? index = await indexes.IndexOrBuildAsync(Segment.File, known, Lane.Scan, cancellation);
        return index is null ? SegmentMarks.None : new SegmentMarks(index.Entries, null);
    }
}
