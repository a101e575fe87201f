using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Errors;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Log.Streams;

namespace Headwater.Log.Reading;

/// <summary>
/// Answers reads of a partition. From a known place: one read of the segment per chunk. A sealed segment first met costs two more (header, index), one found by listing one more.
/// "Nothing there", <c>latest</c> and "beyond the end" are answered only after asking storage.
/// </summary>
internal sealed class PartitionReader(PartitionLogs partitions, IBlobs blobs)
{
    private const int SmallChunk = 512 << 10;

    private const int LargeChunk = 4 << 20;

    private const int FewEvents = 100;

    private const int MapsDrawn = 5;

    private readonly SegmentIndexes _indexes = new(blobs);

    private readonly SegmentScan _scan = new(blobs);

    public SegmentIndexes Indexes => _indexes;

    public async Task<ReadPage> ReadAsync(StreamDescription stream, ReadRequest request, CancellationToken cancellation)
    {
        PartitionLog partition = Partition(stream, request.Partition);
        return await OnLiveSegmentsAsync(partition, async () =>
        {
            var page = new PageBuilder(request, await StartAsync(stream, partition, request, cancellation));
            await FillAsync(partition, page, request, cancellation);
            TailPosition tail = (await partition.TailAsync(cancellation)).Position;
            return page.Build(stream.LogStart(request.Partition), tail.Next);
        });
    }

    public async Task<RawPage> ReadRawAsync(StreamDescription stream, ReadRequest request, CancellationToken cancellation)
    {
        PartitionLog partition = Partition(stream, request.Partition);
        return await OnLiveSegmentsAsync(partition, async () =>
        {
            var page = new RawPageBuilder(request, await StartAsync(stream, partition, request, cancellation));
            await FillRawAsync(partition, page, request, cancellation);
            TailPosition tail = (await partition.TailAsync(cancellation)).Position;
            return page.Build(stream, tail);
        });
    }

    /// <summary>Reads again by a new map, and a tail that storage was asked for, when a segment turns out to be gone.</summary>
    private static async Task<T> OnLiveSegmentsAsync<T>(PartitionLog partition, Func<Task<T>> read)
    {
        for (int drawn = 0; ; drawn++)
        {
            try
            {
                return await read();
            }
            catch (SegmentGoneException gone)
            {
                if (drawn == MapsDrawn)
                {
                    throw new HeadwaterException(ErrorCode.StreamChanged, "Segments are being replaced faster than they can be read; try again.", gone);
                }

                partition.Map.Forget();
                await partition.FreshTailAsync(CancellationToken.None);
            }
        }
    }

    private PartitionLog Partition(StreamDescription stream, PartitionId partition)
    {
        stream.RequirePartition(partition);
        return partitions.For(stream, partition);
    }

    /// <summary>The offset to begin at; waits there if the request says so and nothing is there yet.</summary>
    private async Task<Offset> StartAsync(StreamDescription stream, PartitionLog partition, ReadRequest request, CancellationToken cancellation)
    {
        Offset logStart = stream.LogStart(request.Partition);
        Offset start = request.From.Kind switch
        {
            ReadFromKind.Earliest => logStart,
            ReadFromKind.Latest => (await partition.FreshTailAsync(cancellation)).Position.Next,
            ReadFromKind.Offset => new Offset(request.From.Value),
            ReadFromKind.Time => await new TimeSearch(partition, _indexes, _scan).FindAsync(new UnixMicros(request.From.Value), logStart, cancellation),
        };
        if (start < logStart)
        {
            throw new HeadwaterException(ErrorCode.OffsetBelowStart, $"Offset {start} is gone; the log starts at {logStart}.")
            {
                Facts = new Dictionary<string, object?> { ["logStartOffset"] = logStart.Value },
            };
        }

        PartitionTail tail = await partition.TailAsync(cancellation);
        if (start >= tail.Position.Next)
        {
            await WaitAtEndAsync(partition, request, start, cancellation);
        }

        return start;
    }

    private static async Task WaitAtEndAsync(PartitionLog partition, ReadRequest request, Offset start, CancellationToken cancellation)
    {
        Offset end = (await partition.FreshTailAsync(cancellation)).Position.Next;
        if (start > end)
        {
            throw new HeadwaterException(ErrorCode.OffsetBeyondEnd, $"Offset {start} is beyond the log end {end}.")
            {
                Facts = new Dictionary<string, object?> { ["logEndOffset"] = end.Value },
            };
        }

        if (start == end && request.Wait > TimeSpan.Zero)
        {
            await partition.Watcher.WaitAsync(end, request.Wait, cancellation);
        }
    }

    private async Task FillAsync(PartitionLog partition, PageBuilder page, ReadRequest request, CancellationToken cancellation)
    {
        bool complete = false;
        try
        {
            while (!page.IsFull)
            {
                TailPosition tail = (await partition.TailAsync(cancellation)).Position;
                if (page.Next >= tail.Next || await partition.Map.FindAsync(tail, page.Next, cancellation) is not { } segment)
                {
                    break;
                }

                await FillFromAsync(partition, segment, tail, page, request, cancellation);
            }

            complete = true;
        }
        finally
        {
            if (!complete)
            {
                page.Dispose();
            }
        }
    }

    private async Task FillFromAsync(PartitionLog partition, LiveSegment segment, TailPosition tail, PageBuilder page, ReadRequest request, CancellationToken cancellation)
    {
        KnownHeader known = await _indexes.HeaderAsync(segment.File.Name, cancellation) ?? throw new SegmentGoneException(segment.File.Name);
        page.Skip(segment.Visible.Start);
        long position = await PositionAsync(partition, segment, known, page.Next, cancellation);
        SegmentFileKind kind = Kind(segment);
        await foreach (ScannedBlock scanned in _scan.BlocksAsync(segment.File.Name, known.Header, position, Chunk(request), cancellation))
        {
            Offset end = BlockExtent.End(scanned.Block, kind, known.Header.Schema);
            if (end <= page.Next)
            {
                scanned.Block.Dispose();
                continue;
            }

            if (!page.TryAdd(scanned.Block, kind, known.Header.Schema, segment.Visible.End))
            {
                return;
            }
        }

        // Compaction may have left nothing behind the last block; an active segment simply ends here.
        if (segment.Visible.End != Offset.Max)
        {
            page.Skip(segment.Visible.End);
        }
        else if (page.Next < tail.Next)
        {
            throw new HeadwaterException(ErrorCode.CorruptSegment, $"{segment.File.Name} ends before offset {tail.Next}, which it once held.");
        }
    }

    private async Task FillRawAsync(PartitionLog partition, RawPageBuilder page, ReadRequest request, CancellationToken cancellation)
    {
        TailPosition tail = (await partition.TailAsync(cancellation)).Position;
        if (await partition.Map.FindAsync(tail, page.Start, cancellation) is not { } segment)
        {
            return;
        }

        if (await _indexes.HeaderAsync(segment.File.Name, cancellation) is not { } known)
        {
            return;
        }

        page.Begin(known.Header);
        SegmentFileKind kind = Kind(segment);
        long position = await PositionAsync(partition, segment, known, page.Start, cancellation);
        await foreach (ScannedBlock scanned in _scan.BlocksAsync(segment.File.Name, known.Header, position, Chunk(request), cancellation))
        {
            using DecodedBlock block = scanned.Block;
            Offset end = BlockExtent.End(block, kind, known.Header.Schema);
            if (end > page.Start && !page.TryAdd(scanned, end))
            {
                return;
            }
        }

        page.ReachedEndOf(segment.Visible.End);
    }

    /// <summary>Where to begin scanning: a block at or before the offset.</summary>
    private async Task<long> PositionAsync(PartitionLog partition, LiveSegment segment, KnownHeader known, Offset offset, CancellationToken cancellation)
    {
        IndexEntry? entry = segment.Visible.End == Offset.Max
            ? (await partition.TailAsync(cancellation)).EntryBefore(segment.File.Base, offset)
            : partition.Map.IndexOf(segment.File) is { } name ? (await _indexes.IndexAsync(name, cancellation))?.FindByOffset(offset) : null;
        return entry?.Position ?? known.Length;
    }

    private static SegmentFileKind Kind(LiveSegment segment) => segment.File.Generation == 0 ? SegmentFileKind.Dense : SegmentFileKind.Gapped;

    private static int Chunk(ReadRequest request) => request.MaxEvents <= FewEvents ? SmallChunk : Math.Clamp(request.MaxBytes, SmallChunk, LargeChunk);
}
