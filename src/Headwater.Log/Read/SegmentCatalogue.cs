using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>Positions and live segments of a stream's partitions, as storage has them now.</summary>
internal sealed class SegmentCatalogue(
    LogPorts ports,
    LogOptions options,
    Func<StreamDescription, PartitionId, HeldPartition<ReadablePartition>> partitions,
    PartitionEnds ends,
    SegmentIndexes indexes)
{
    private const int PartitionsAtATime = 16;

    /// <summary>Listings until a partition counts as changing too fast.</summary>
    private const int MostLooks = 5;

    /// <summary>
    /// The positions of all partitions. Opens none. Costs one query per 1,000 rows of table <c>partitions</c>, and about one read and one listing per
    /// partition.
    /// </summary>
    public async Task<IReadOnlyList<PartitionPositions>> PositionsAsync(StreamDescription stream, CancellationToken cancellation)
    {
        var positions = new List<PartitionPositions>(stream.Partitions);
        PartitionId[] all = [.. Enumerable.Range(0, stream.Partitions).Select(p => new PartitionId(p))];
        IReadOnlyDictionary<PartitionId, LogMark> marks = await ends.MarksAsync(stream, all, cancellation);
        foreach (PartitionId[] some in all.Chunk(PartitionsAtATime))
        {
            positions.AddRange(await Task.WhenAll(some.Select(p => PositionAsync(stream, p, marks, cancellation))));
        }

        return positions;
    }

    /// <summary>
    /// A page of live segments with signed URLs. Costs one read and one listing per partition, and two reads for each segment whose header and index are not
    /// cached.
    /// </summary>
    public async Task<SegmentPage> SegmentsAsync(StreamDescription stream, SegmentRequest request, CancellationToken cancellation)
    {
        var found = new List<FoundSegment>();
        foreach (PartitionId[] some in Partitions(stream, request).Chunk(PartitionsAtATime))
        {
            foreach (IEnumerable<FoundSegment> segments in await Task.WhenAll(some.Select(p => FindAsync(stream, p, request, cancellation))))
            {
                found.AddRange(segments);
            }

            if (found.Count > request.Limit)
            {
                break;
            }
        }

        var listings = new List<SegmentListing>();
        foreach (FoundSegment[] some in found.Take(request.Limit).Chunk(PartitionsAtATime))
        {
            listings.AddRange(await Task.WhenAll(some.Select(s => ListAsync(stream, s, cancellation))));
        }

        return new SegmentPage(listings, found.Count > request.Limit ? CursorAfter(found[request.Limit - 1]) : null);
    }

    private static SegmentCursor CursorAfter(FoundSegment last) => IsActive(last.Segment)
        ? new SegmentCursor(new PartitionId(last.Partition.Value + 1), Offset.Zero)
        : new SegmentCursor(last.Partition, last.Segment.Visible.End);

    private static bool IsActive(LiveSegment segment) => segment.Visible.End == Offset.Max;

    private static IEnumerable<PartitionId> Partitions(StreamDescription stream, SegmentRequest request)
    {
        int first = request.After?.Partition.Value ?? 0;
        if (request.Partition is not { } one)
        {
            return Enumerable.Range(first, Math.Max(0, stream.Partitions - first)).Select(p => new PartitionId(p));
        }

        stream.RequirePartition(one);
        return [one];
    }

    private async Task<IEnumerable<FoundSegment>> FindAsync(
        StreamDescription stream, PartitionId partition, SegmentRequest request, CancellationToken cancellation)
    {
        using HeldPartition<ReadablePartition> held = partitions(stream, partition);
        ReadablePartition log = held.Value;
        (TailPosition tail, IReadOnlyList<LiveSegment> live) = await LookAsync(
            log, async () => (await log.FreshTailAsync(cancellation)).Position, t => t.SegmentBase, cancellation);
        Offset from = stream.LogStart(partition);
        from = request.From is { } given && given > from ? given : from;
        from = request.After is { } after && after.Partition == partition && after.Next > from ? after.Next : from;
        return live.Where(s => s.Visible.End > from && (s.File.Sealed || options.ListsActiveSegments)).Select(s => new FoundSegment(partition, s, tail));
    }

    private async Task<PartitionPositions> PositionAsync(
        StreamDescription stream, PartitionId partition, IReadOnlyDictionary<PartitionId, LogMark> marks, CancellationToken cancellation)
    {
        using HeldPartition<ReadablePartition> held = partitions(stream, partition);
        (LogMark end, IReadOnlyList<LiveSegment> live) = await LookAsync(
            held.Value, () => ends.FindAsync(stream, partition, marks, cancellation), e => e.SegmentBase, cancellation);
        return new PartitionPositions(partition, stream.LogStart(partition), end.Next, live.Count, live.Sum(s => s.File.Length));
    }

    private static async Task<(T End, IReadOnlyList<LiveSegment> Live)> LookAsync<T>(
        ReadablePartition log, Func<Task<T>> findEnd, Func<T, Offset> segmentOf, CancellationToken cancellation)
    {
        for (int look = 0; look < MostLooks; look++)
        {
            IReadOnlyList<LiveSegment> live = await log.Map.ListAsync(cancellation);
            T end = await findEnd();
            if (live.Count > 0 && live[^1].File.Base >= segmentOf(end))
            {
                return (end, live); // Otherwise a segment was created after the listing: list again.
            }
        }

        throw new HeadwaterException(
            ErrorCode.StorageUnavailable, $"Partition {log.Place.Partition} got a new segment during each of {MostLooks} listings; retry.");
    }

    private async Task<SegmentListing> ListAsync(StreamDescription stream, FoundSegment found, CancellationToken cancellation)
    {
        (PartitionId partition, LiveSegment segment, TailPosition tail) = found;
        bool isActive = IsActive(segment);
        StoredHeader? known = await indexes.HeaderAsync(segment.File.Name, cancellation);
        if (known is null && segment.File.Length > 0)
        {
            throw new SegmentGoneException(segment.File.Name); // Deleted since the listing.
        }

        SegmentIndex? index = isActive ? null : await indexes.IndexAsync(PartitionMap.IndexOf(segment.File), cancellation);
        DateTimeOffset now = ports.Clock.Now().ToDateTimeOffset();
        DateTimeOffset expires = now + options.SignedUrlLifetime;
        Offset end = isActive ? tail.Next : segment.Visible.End;
        return new SegmentListing(partition, segment.File.Base, end)
        {
            Bytes = segment.File.Length,
            Sealed = segment.File.Sealed,
            Generation = segment.File.Generation,
            SchemaVersion = known?.Header.SchemaVersion ?? stream.SchemaVersion,
            Codec = known?.Header.Codec ?? stream.Settings.Codec,
            Events = segment.File.Generation == 0 ? end - segment.File.Base : null,
            FirstAppended = isActive ? tail.FirstAppended : FirstOf(index, segment),
            LastAppended = !isActive ? index?.LastAppended : tail.FirstAppended is null ? null : tail.LastAppended,
            Url = await ports.Blobs.SignReadAsync(segment.File.Name, now, expires, cancellation),
            Expires = expires,
        };
    }

    private static UnixMicros? FirstOf(SegmentIndex? index, LiveSegment segment) =>
        index is { Entries: [{ } first, ..] } && first.Offset == segment.File.Base ? first.Appended : null;

    private readonly record struct FoundSegment(PartitionId Partition, LiveSegment Segment, TailPosition Tail);
}
