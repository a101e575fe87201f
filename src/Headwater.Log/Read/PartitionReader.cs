using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Log.Telemetry;

namespace Headwater.Log.Read;

/// <summary>
/// Reads from partitions. Costs one storage read per chunk of a segment, two more (header and index) for a sealed segment that is not cached, and a listing if
/// the segment is not on the cached listing. An empty page, <c>latest</c> and an offset beyond the end are answered only after asking storage for the log end.
/// </summary>
internal sealed class PartitionReader
{
    private const int MapsDrawn = 3;

    private readonly Func<StreamDescription, PartitionId, HeldPartition<ReadablePartition>> _partitions;

    private readonly SegmentIndexes _indexes;

    private readonly ReadLane _large;

    private readonly Func<ReadLane> _small;

    private readonly int _mostBytes;

    public PartitionReader(
        Func<StreamDescription, PartitionId, HeldPartition<ReadablePartition>> partitions, IBlobs blobs, ReadBudget budget, ReadSlots slots)
    {
        _partitions = partitions;
        _indexes = new SegmentIndexes(blobs);
        _large = ReadLane.Over(budget.Large, blobs, _indexes, slots);
        _small = () => ReadLane.Over(new SmallShare(budget), blobs, _indexes, slots);
        _mostBytes = budget.Large.PerRequest;
    }

    public SegmentIndexes Indexes => _indexes;

    public async Task<ReadPage> ReadAsync(StreamDescription stream, ReadRequest request, CancellationToken cancellation)
    {
        using HeldPartition<ReadablePartition> held = Partition(stream, request.Partition);
        ReadablePartition partition = held.Value;
        return await WithinBudgetAsync(request, (lane, bounded) => ReadAsync(stream, partition, lane, bounded, cancellation));
    }

    private Task<ReadPage> ReadAsync(
        StreamDescription stream, ReadablePartition partition, ReadLane lane, ReadRequest request, CancellationToken cancellation)
    {
        return OnLiveSegmentsAsync(partition, async () =>
        {
            long began = partition.Time.GetTimestamp();
            FoundStart start = await lane.Start.FindAsync(stream, partition, request, cancellation);
            var page = new PageBuilder(request, start, lane.Budget);
            return await OwnedAsync(page, async () =>
            {
                await FillAsync(partition, page, lane, request, cancellation);
                TailPosition tail = (await partition.TailAsync(cancellation)).Position;
                DurationTelemetry.PageRead(partition.Time.GetElapsedTime(began) - start.Waited);
                return page.Build(stream.LogStart(request.Partition), tail.Next);
            });
        });
    }

    /// <summary>The offset at which a read would begin. An offset at the log end is returned only after asking storage.</summary>
    public async Task<Offset> FindAsync(StreamDescription stream, ReadRequest request, CancellationToken cancellation)
    {
        using HeldPartition<ReadablePartition> held = Partition(stream, request.Partition);
        ReadablePartition partition = held.Value;
        return (await OnLiveSegmentsAsync(partition, () => _small().Start.FindAsync(stream, partition, request, cancellation))).Offset;
    }

    public async Task<RawPage> ReadRawAsync(StreamDescription stream, ReadRequest request, CancellationToken cancellation)
    {
        using HeldPartition<ReadablePartition> held = Partition(stream, request.Partition);
        ReadablePartition partition = held.Value;
        return await WithinBudgetAsync(request, (lane, bounded) => ReadRawAsync(stream, partition, lane, bounded, cancellation));
    }

    private Task<RawPage> ReadRawAsync(
        StreamDescription stream, ReadablePartition partition, ReadLane lane, ReadRequest request, CancellationToken cancellation)
    {
        return OnLiveSegmentsAsync(partition, async () =>
        {
            long began = partition.Time.GetTimestamp();
            FoundStart start = await lane.Start.FindAsync(stream, partition, request, cancellation);
            var page = new RawPageBuilder(request, start, lane.Budget);
            return await OwnedAsync(page, async () =>
            {
                await new RawPageFilling(partition, _indexes, lane, request, page).FillAsync(cancellation);
                TailPosition tail = (await partition.TailAsync(cancellation)).Position;
                DurationTelemetry.PageRead(partition.Time.GetElapsedTime(began) - start.Waited);
                return page.Build(stream, tail);
            });
        });
    }

    /// <summary>
    /// Reads a page of at most an eighth of the budget. If the budget for large pages is exhausted, reads a small page from the part that is kept for small
    /// ones.
    /// </summary>
    private async Task<T> WithinBudgetAsync<T>(ReadRequest request, Func<ReadLane, ReadRequest, Task<T>> read)
    {
        if (request.MaxBytes > MemoryBudget.SmallBytes)
        {
            try
            {
                return await read(_large, request with { MaxBytes = Math.Min(request.MaxBytes, _mostBytes) });
            }
            catch (HeadwaterException exhausted) when (exhausted.Code == ErrorCode.Overloaded)
            {
                request = request with { MaxBytes = MemoryBudget.SmallBytes };
            }
        }

        return await read(_small(), request);
    }

    /// <summary>If a segment was deleted during the read, lists the segments, reads the log end from storage, and retries.</summary>
    private static async Task<T> OnLiveSegmentsAsync<T>(ReadablePartition partition, Func<Task<T>> read)
    {
        for (int drawn = 0; ; drawn++)
        {
            try
            {
                return await read();
            }
            catch (SegmentGoneException) when (drawn < MapsDrawn)
            {
                partition.Map.Forget();
                await partition.FreshTailAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Builds a page, or returns its memory.</summary>
    private static async Task<T> OwnedAsync<T>(IDisposable page, Func<Task<T>> build)
    {
        try
        {
            return await build();
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    private HeldPartition<ReadablePartition> Partition(StreamDescription stream, PartitionId partition)
    {
        stream.RequirePartition(partition);
        return _partitions(stream, partition);
    }

    private async Task FillAsync(ReadablePartition partition, PageBuilder page, ReadLane lane, ReadRequest request, CancellationToken cancellation)
    {
        while (!page.IsFull)
        {
            TailPosition tail = (await partition.TailAsync(cancellation)).Position;
            if (page.Next >= tail.Next)
            {
                // A page with events may stop at the cached end. An empty page is returned only if storage has nothing more.
                if (!page.IsGap || page.Next >= (await partition.FreshTailAsync(cancellation)).Position.Next)
                {
                    break;
                }

                continue;
            }

            LiveSegment segment = await partition.Map.FindAsync(tail, page.Next, cancellation)
                ?? throw new SegmentGoneException($"The segment of offset {page.Next}");
            try
            {
                await FillFromAsync(new SegmentRead(partition, segment, lane, request), tail, page, cancellation);
            }
            catch (HeadwaterException exhausted) when (exhausted.Code == ErrorCode.Overloaded && !page.IsEmpty)
            {
                page.Close();
            }
        }
    }

    private async Task FillFromAsync(SegmentRead from, TailPosition tail, PageBuilder page, CancellationToken cancellation)
    {
        LiveSegment segment = from.Segment;
        StoredHeader known = await _indexes.HeaderAsync(segment.File.Name, cancellation) ?? throw new SegmentGoneException(segment.File.Name);
        from.RequireHolds(known.Header, page.Next);
        SegmentMarks marks = await from.MarksAsync(_indexes, known, page.Next, cancellation);
        long position = marks.Before(page.Next)?.Position ?? known.Length;
        long expected = segment.Visible.End == Offset.Max ? tail.Position - position : long.MaxValue;
        await foreach (ScannedBlock scanned in from.Lane.Scan.BlocksAsync(segment.File.Name, known.Header, position, from.Chunk, cancellation, expected))
        {
            if (!TryTake(scanned.Block, from, known.Header.Schema, page))
            {
                break;
            }
        }

        if (page.IsFull)
        {
            return;
        }

        // In a compacted segment, compaction may have removed all events after the last block. An active segment may end here.
        if (from.Kind == SegmentFileKind.Gapped)
        {
            page.Skip(segment.Visible.End);
        }
        else if (page.Next < tail.Next && page.Next < segment.Visible.End)
        {
            throw new HeadwaterException(
                ErrorCode.CorruptSegment,
                $"{segment.File.Name} ends before offset {page.Next}, but it held more events earlier or its successor starts later.");
        }
    }

    /// <summary>
    /// Takes a block into the page, or disposes it. All its events are checked first: after the headers of an answer, a corrupt block could only cut it.
    /// </summary>
    /// <returns>False if the page takes no more blocks of the segment.</returns>
    private static bool TryTake(DecodedBlock block, SegmentRead from, ValueSchema schema, PageBuilder page)
    {
        bool isKept = false;
        try
        {
            (Offset end, int longest) = BlockExtent.Check(block, schema);
            bool isBefore = end <= page.Next;
            isKept = !isBefore;
            return isBefore || page.TryAdd(new CheckedBlock(block, from.Kind, schema, longest), from.Segment.Visible.End);
        }
        catch (SegmentFormatException problem)
        {
            throw SegmentScan.Corrupt(from.Segment.File.Name, problem);
        }
        finally
        {
            if (!isKept)
            {
                block.Dispose();
            }
        }
    }
}
