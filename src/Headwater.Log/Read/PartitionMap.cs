using Headwater.Core.Positions;
using Headwater.Log.Partitions;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// Finds the segment of a partition to read at an offset. The tail knows the active segment. Older segments come from a cached listing, which is used until it
/// is too old or a segment on it was deleted. A segment that the tail passes is added to the cached listing. Thread-safe.
/// </summary>
internal sealed class PartitionMap
{
    private readonly PartitionPlace _place;

    private readonly PartitionOpener _opener;

    private readonly TimeProvider _time;

    private readonly ListingAges _trusted;

    private readonly SharedCall<IReadOnlyList<LiveSegment>> _listings;

    /// <summary>Always replaced as a whole.</summary>
    private SegmentListingCache? _listing;

    public PartitionMap(PartitionPlace place, PartitionOpener opener, TimeProvider time, ListingAges trusted)
    {
        _place = place;
        _opener = opener;
        _time = time;
        _trusted = trusted;
        _listings = new SharedCall<IReadOnlyList<LiveSegment>>(ListNowAsync);
    }

    /// <summary>Bytes that the cached listing holds, estimated. Takes constant time.</summary>
    public long Bytes => Volatile.Read(ref _listing)?.Bytes ?? 0;

    /// <summary>
    /// The segment to read at <paramref name="offset"/>, or the next one after a gap. No storage call for the active segment or if the cached listing suffices,
    /// otherwise one listing.
    /// </summary>
    /// <returns>Null if the listing has no segment at or after the offset.</returns>
    public async Task<LiveSegment?> FindAsync(TailPosition tail, Offset offset, CancellationToken cancellation)
    {
        if (offset >= tail.SegmentBase)
        {
            return Active(tail);
        }

        SegmentListingCache? cached = Volatile.Read(ref _listing) is { } listing && _time.GetElapsedTime(listing.At) < _trusted.Of(listing) ? listing : null;
        return cached?.Find(offset) is { } known && known.Visible.Contains(offset) && known.Visible.End <= tail.SegmentBase
            ? known
            : SegmentListingCache.FirstAfter(await ListAsync(cancellation), offset);
    }

    /// <summary>
    /// Lists all live segments, as they are at some moment during this call. Costs one call per 5,000 blobs; simultaneous callers share at most two listings.
    /// </summary>
    public Task<IReadOnlyList<LiveSegment>> ListAsync(CancellationToken cancellation) => _listings.RunAsync(cancellation);

    /// <summary>Adds a segment that the tail has read to its end to the cached listing, if that listing has the segment as the last one.</summary>
    public void Extend(PassedSegment passed)
    {
        if (Volatile.Read(ref _listing) is { } known && known.Extended(passed, _place) is { } extended)
        {
            Interlocked.CompareExchange(ref _listing, extended, known);
        }
    }

    public void Forget() => Volatile.Write(ref _listing, null);

    /// <summary>Blob name of a sealed segment's index. The blob may not exist.</summary>
    public static string IndexOf(SegmentFile file) => BlobNames.IndexOf(file.Name);

    private async Task<IReadOnlyList<LiveSegment>> ListNowAsync()
    {
        IReadOnlyList<LiveSegment> live = SegmentMap.Resolve(await _opener.ListAsync(_place, CancellationToken.None));
        Volatile.Write(ref _listing, new SegmentListingCache(live, _time.GetTimestamp()));
        return live;
    }

    private LiveSegment Active(TailPosition tail) => new(
        new SegmentFile(_place.Segment(tail.SegmentBase), tail.SegmentBase, null, 0, tail.Position, Sealed: false),
        new OffsetRange(tail.SegmentBase, Offset.Max));
}
