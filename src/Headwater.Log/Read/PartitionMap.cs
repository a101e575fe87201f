using Headwater.Core.Positions;
using Headwater.Log.Partitions;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// Finds the segment of a partition to read at an offset. The tail knows the active segment. Older segments come from a cached listing, which is used until it
/// is too old or a segment on it was deleted.
/// </summary>
internal sealed class PartitionMap(PartitionPlace place, PartitionOpener opener, TimeProvider time, TimeSpan trusted)
{
    /// <summary>Always replaced as a whole. Concurrent readers may each list; the last listing is kept.</summary>
    private volatile Listing? _listing;

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

        IReadOnlyList<LiveSegment>? listed = _listing is { } listing && time.GetElapsedTime(listing.At) < trusted ? listing.Live : null;
        IReadOnlyList<LiveSegment> known = listed?.Any(s => s.Visible.Contains(offset) && s.Visible.End <= tail.SegmentBase) ?? false
            ? listed
            : await ListAsync(cancellation);
        return known.FirstOrDefault(s => s.Visible.End > offset);
    }

    /// <summary>Lists all live segments. Costs one call per 5,000 blobs.</summary>
    public async Task<IReadOnlyList<LiveSegment>> ListAsync(CancellationToken cancellation)
    {
        IReadOnlyList<LiveSegment> live = SegmentMap.Resolve(await opener.ListAsync(place, cancellation));
        _listing = new Listing(live, time.GetTimestamp());
        return live;
    }

    public void Forget() => _listing = null;

    /// <summary>Blob name of a sealed segment's index. The blob may not exist.</summary>
    public static string IndexOf(SegmentFile file) => BlobNames.IndexOf(file.Name);

    private LiveSegment Active(TailPosition tail) => new(
        new SegmentFile(place.Segment(tail.SegmentBase), tail.SegmentBase, null, 0, tail.Position, Sealed: false),
        new OffsetRange(tail.SegmentBase, Offset.Max));

    private sealed record Listing(IReadOnlyList<LiveSegment> Live, long At);
}
