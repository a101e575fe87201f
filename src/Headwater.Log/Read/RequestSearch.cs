using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Partitions;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// Searches a range of offsets for one keyed batch, block by block. Costs one read per 4 MiB of the range, and two reads (header and index) for each segment
/// that is not cached.
/// </summary>
internal sealed class RequestSearch(ReadablePartition partition, SegmentIndexes indexes, SegmentScan scan)
{
    private const int ChunkBytes = 4 << 20;

    /// <returns>Null if no batch in the range has the key.</returns>
    public async Task<KeyedBatch?> FindAsync(RequestKey key, OffsetRange range, CancellationToken cancellation)
    {
        Offset next = range.Start;
        while (next < range.End)
        {
            TailPosition tail = (await partition.TailAsync(cancellation)).Position;
            LiveSegment? segment = await partition.Map.FindAsync(tail, next, cancellation);
            StoredHeader? header = segment is null ? null : await indexes.HeaderAsync(segment.File.Name, cancellation);
            if (segment is null || header is null)
            {
                return null;
            }

            if (await FindInAsync(segment, header, key, new OffsetRange(next, range.End), cancellation) is { } found)
            {
                return found;
            }

            next = segment.Visible.End;
        }

        return null;
    }

    private async Task<KeyedBatch?> FindInAsync(LiveSegment segment, StoredHeader known, RequestKey key, OffsetRange range, CancellationToken cancellation)
    {
        IndexEntry? entry = segment.Visible.End == Offset.Max
            ? (await partition.TailAsync(cancellation)).EntryBefore(segment.File.Base, range.Start)
            : (await indexes.IndexAsync(PartitionMap.IndexOf(segment.File), cancellation))?.FindByOffset(range.Start);
        await foreach (ScannedBlock scanned in scan.BlocksAsync(segment.File.Name, known.Header, entry?.Position ?? known.Length, ChunkBytes, cancellation))
        {
            using DecodedBlock block = scanned.Block;
            if (block.FirstOffset >= range.End)
            {
                return null;
            }

            if (block.Batch is { Request: { } request, Digest: { } digest } && request == key)
            {
                return new KeyedBatch(request, digest, block.FirstOffset, block.Batch.Count);
            }
        }

        return null;
    }
}
