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
    private const int SmallChunk = 512 << 10;

    private const int LargeChunk = 4 << 20;

    /// <summary>One read for a page that is small because the budget is exhausted.</summary>
    private const int SmallestChunk = MemoryBudget.SmallBytes;

    private const int FewEvents = 100;

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
                await FillRawAsync(partition, page, lane, request, cancellation);
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
        (ReadablePartition partition, LiveSegment segment, ReadLane lane, ReadRequest request) = from;
        StoredHeader known = await _indexes.HeaderAsync(segment.File.Name, cancellation) ?? throw new SegmentGoneException(segment.File.Name);
        RequireHolds(segment, known.Header, page.Next);
        long position = await PositionAsync(new SegmentRead(partition, segment, lane, request), known, page.Next, cancellation);
        SegmentFileKind kind = Kind(segment);
        await foreach (ScannedBlock scanned in lane.Scan.BlocksAsync(segment.File.Name, known.Header, position, Chunk(request), cancellation))
        {
            if (!TryTake(scanned.Block, segment, known.Header.Schema, page))
            {
                break;
            }
        }

        if (page.IsFull)
        {
            return;
        }

        // In a compacted segment, compaction may have removed all events after the last block. An active segment may end here.
        if (kind == SegmentFileKind.Gapped)
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
    private static bool TryTake(DecodedBlock block, LiveSegment segment, ValueSchema schema, PageBuilder page)
    {
        bool isKept = false;
        try
        {
            (Offset end, int longest) = BlockExtent.Check(block, schema);
            bool isBefore = end <= page.Next;
            isKept = !isBefore;
            return isBefore || page.TryAdd(new CheckedBlock(block, Kind(segment), schema, longest), segment.Visible.End);
        }
        catch (SegmentFormatException problem)
        {
            throw SegmentScan.Corrupt(segment.File.Name, problem);
        }
        finally
        {
            if (!isKept)
            {
                block.Dispose();
            }
        }
    }

    /// <summary>Fills the page from one segment: the first that has events at or after the page's start.</summary>
    private async Task FillRawAsync(
        ReadablePartition partition, RawPageBuilder page, ReadLane lane, ReadRequest request, CancellationToken cancellation)
    {
        try
        {
            while (await FillRawFromOneAsync(partition, page, lane, request, cancellation))
            {
            }
        }
        catch (HeadwaterException exhausted) when (exhausted.Code == ErrorCode.Overloaded && !page.IsEmpty)
        {
            // The page ends with the blocks that it has.
        }
    }

    /// <returns>True if compaction removed all events from the start to the end of the segment, so the next segment must be read.</returns>
    private async Task<bool> FillRawFromOneAsync(
        ReadablePartition partition, RawPageBuilder page, ReadLane lane, ReadRequest request, CancellationToken cancellation)
    {
        TailPosition tail = (await partition.TailAsync(cancellation)).Position;
        LiveSegment? found = await partition.Map.FindAsync(tail, page.Start, cancellation);
        StoredHeader? header = found is null ? null : await _indexes.HeaderAsync(found.File.Name, cancellation);
        if (header is not { } known || found is not { } segment)
        {
            // At the log end, a new segment may have no header yet; the search for the start asked storage. Below the log end, a segment is missing.
            if (page.Start < tail.Next)
            {
                throw new SegmentGoneException($"The segment of offset {page.Start}");
            }

            return false;
        }

        RequireHolds(segment, known.Header, page.Start);
        page.Begin(known.Header);
        SegmentFileKind kind = Kind(segment);
        long position = await PositionAsync(new SegmentRead(partition, segment, lane, request), known, page.Start, cancellation);
        await foreach (ScannedBlock scanned in lane.Scan.BlocksAsync(segment.File.Name, known.Header, position, Chunk(request), cancellation))
        {
            using DecodedBlock block = scanned.Block;
            Offset end = BlockExtent.End(block, kind, known.Header.Schema);
            if (block.FirstOffset >= segment.Visible.End)
            {
                break;
            }

            if (end > page.Start && !page.TryAdd(scanned, end < segment.Visible.End ? end : segment.Visible.End))
            {
                return false;
            }
        }

        page.ReachedEndOf(segment.Visible.End);
        return page.IsEmpty && segment.Visible.End != Offset.Max;
    }

    /// <summary>Requires that the segment covers the offset. If not, retention or a deletion of the stream is newer than the caller's description.</summary>
    private static void RequireHolds(LiveSegment segment, SegmentHeader header, Offset offset)
    {
        if (segment.Visible.Start > offset || header.BaseOffset > offset)
        {
            throw new SegmentGoneException($"The segment of offset {offset}, before {segment.File.Name},");
        }
    }

    /// <summary>Byte position of a block at or before the offset, from the index; without an index, of the first block.</summary>
    private async Task<long> PositionAsync(SegmentRead from, StoredHeader known, Offset offset, CancellationToken cancellation)
    {
        IndexEntry? entry = from.Segment.Visible.End == Offset.Max
            ? (await from.Partition.TailAsync(cancellation)).EntryBefore(from.Segment.File.Base, offset)
            : (await _indexes.IndexOrBuildAsync(from.Segment.File, known, from.Lane.Scan, cancellation))?.FindByOffset(offset);
        return entry?.Position ?? known.Length;
    }

    private static SegmentFileKind Kind(LiveSegment segment) => segment.File.Generation == 0 ? SegmentFileKind.Dense : SegmentFileKind.Gapped;

    private static int Chunk(ReadRequest request) => request switch
    {
        { MaxBytes: <= SmallestChunk } => SmallestChunk,
        { MaxEvents: <= FewEvents } => SmallChunk,
        _ => Math.Clamp(request.MaxBytes, SmallChunk, LargeChunk),
    };

    private readonly record struct SegmentRead(ReadablePartition Partition, LiveSegment Segment, ReadLane Lane, ReadRequest Request);
}
