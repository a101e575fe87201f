using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>Positions and live segments of a stream's partitions, as storage has them now.</summary>
internal sealed class SegmentCatalogue(
    LogPorts ports, LogOptions options, Func<StreamDescription, PartitionId, ReadablePartition> partitions, SegmentIndexes indexes)
{
    private const int PartitionsAtATime = 16;

    /// <summary>The positions of all partitions. Costs one read and one listing per partition.</summary>
    public async Task<IReadOnlyList<PartitionPositions>> PositionsAsync(StreamDescription stream, CancellationToken cancellation)
    {
        var positions = new List<PartitionPositions>(stream.Partitions);
        foreach (int[] some in Enumerable.Range(0, stream.Partitions).Chunk(PartitionsAtATime))
        {
            positions.AddRange(await Task.WhenAll(some.Select(p => PositionAsync(stream, new PartitionId(p), cancellation))));
        }

        return positions;
    }

    /// <summary>Live segments with signed URLs. Costs one read and one listing per partition, and one read for each header that is not cached.</summary>
    public async Task<IReadOnlyList<SegmentListing>> SegmentsAsync(
        StreamDescription stream, PartitionId? partition, Offset? offset, CancellationToken cancellation)
    {
        var listings = new List<SegmentListing>();
        IEnumerable<PartitionId> asked = partition is { } one ? [one] : Enumerable.Range(0, stream.Partitions).Select(p => new PartitionId(p));
        foreach (PartitionId id in asked)
        {
            stream.RequirePartition(id);
            (TailPosition tail, IReadOnlyList<LiveSegment> live) = await LookAsync(stream, id, cancellation);
            Offset from = offset is { } o && o > stream.LogStart(id) ? o : stream.LogStart(id);
            foreach (LiveSegment segment in live.Where(s => s.Visible.End > from && (s.File.Sealed || options.ListsActiveSegments)))
            {
                listings.Add(await ListAsync(stream, id, segment, tail, cancellation));
            }
        }

        return listings;
    }

    private async Task<PartitionPositions> PositionAsync(StreamDescription stream, PartitionId partition, CancellationToken cancellation)
    {
        (TailPosition tail, IReadOnlyList<LiveSegment> live) = await LookAsync(stream, partition, cancellation);
        return new PartitionPositions(partition, stream.LogStart(partition), tail.Next, live.Count, live.Sum(s => s.File.Length));
    }

    private async Task<(TailPosition Tail, IReadOnlyList<LiveSegment> Live)> LookAsync(
        StreamDescription stream, PartitionId partition, CancellationToken cancellation)
    {
        ReadablePartition log = partitions(stream, partition);
        while (true)
        {
            IReadOnlyList<LiveSegment> live = await log.Map.ListAsync(cancellation);
            TailPosition tail = (await log.FreshTailAsync(cancellation)).Position;
            if (live.Count > 0 && live[^1].File.Base >= tail.SegmentBase)
            {
                return (tail, live); // Otherwise a segment was created after the listing: list again.
            }
        }
    }

    private async Task<SegmentListing> ListAsync(
        StreamDescription stream, PartitionId partition, LiveSegment segment, TailPosition tail, CancellationToken cancellation)
    {
        StoredHeader? known = await indexes.HeaderAsync(segment.File.Name, cancellation);
        DateTimeOffset now = ports.Clock.Now().ToDateTimeOffset();
        DateTimeOffset expires = now + options.SignedUrlLifetime;
        return new SegmentListing(partition, segment.File.Base, segment.Visible.End == Offset.Max ? tail.Next : segment.Visible.End)
        {
            Bytes = segment.File.Length,
            Sealed = segment.File.Sealed,
            Generation = segment.File.Generation,
            SchemaVersion = known?.Header.SchemaVersion ?? stream.SchemaVersion,
            Codec = known?.Header.Codec ?? stream.Settings.Codec,
            Url = await ports.Blobs.SignReadAsync(segment.File.Name, now, expires, cancellation),
            Expires = expires,
        };
    }
}
