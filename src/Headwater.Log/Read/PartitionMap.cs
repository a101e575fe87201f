using Headwater.Core.Positions;
using Headwater.Log.Partitions;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>Which segment of a partition to read at an offset. The active segment is known from the tail; older ones from a listing kept for a minute, or until a segment on it is gone.</summary>
internal sealed class PartitionMap(PartitionLog partition, PartitionOpener opener, TimeProvider time, TimeSpan trusted)
{
    private IReadOnlyList<LiveSegment> _listed = [];

    private long? _listedAt;

    /// <summary>The segment to read at <paramref name="offset"/>, or the next one after a gap. No storage call for the active segment or a remembered listing.</summary>
    /// <returns>Null past the last segment.</returns>
    public async Task<LiveSegment?> FindAsync(TailPosition tail, Offset offset, CancellationToken cancellation)
    {
        if (offset >= tail.SegmentBase)
        {
            return Active(tail);
        }

        IReadOnlyList<LiveSegment> known = IsTrusted() && _listed.Any(s => s.Visible.Contains(offset) && s.Visible.End <= tail.SegmentBase)
            ? _listed
            : await ListAsync(cancellation);
        return known.FirstOrDefault(s => s.Visible.End > offset);
    }

    /// <summary>All live segments, listed now: one call per 5,000 blobs.</summary>
    public async Task<IReadOnlyList<LiveSegment>> ListAsync(CancellationToken cancellation)
    {
        _listed = SegmentMap.Resolve(await opener.ListAsync(partition.Place, cancellation));
        _listedAt = time.GetTimestamp();
        return _listed;
    }

    public void Forget() => _listedAt = null;

    /// <summary>Where the index of a sealed segment is, if it has one.</summary>
    public static string IndexOf(SegmentFile file) => BlobNames.IndexOf(file.Name);

    private LiveSegment Active(TailPosition tail) => new(
        new SegmentFile(partition.Place.Segment(tail.SegmentBase), tail.SegmentBase, null, 0, tail.Position, Sealed: false),
        new OffsetRange(tail.SegmentBase, Offset.Max));

    private bool IsTrusted() => _listedAt is { } at && time.GetElapsedTime(at) < trusted;
}
