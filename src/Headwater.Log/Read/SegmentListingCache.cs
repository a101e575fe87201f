using System.Collections.Immutable;
using Headwater.Core.Positions;
using Headwater.Log.Partitions;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>A listing of live segments, and the segments that the tail has passed since. Immutable.</summary>
/// <param name="Listed">The listing, in offset order. Its last segment is replaced by the first passed one, if there is one.</param>
/// <param name="At">The timestamp of the listing.</param>
internal sealed record SegmentListingCache(IReadOnlyList<LiveSegment> Listed, long At)
{
    /// <summary>More passed segments than a minute has; the next listing has them all.</summary>
    private const int PassedMax = 1_000;

    /// <summary>A segment with its name.</summary>
    private const int SegmentBytes = 320;

    private ImmutableList<LiveSegment> Passed { get; init; } = [];

    /// <summary>Bytes held, estimated.</summary>
    public long Bytes => SegmentBytes * (long)(Listed.Count + Passed.Count);

    /// <summary>The segment that contains the offset, or the next one after a gap; null if there is none.</summary>
    public LiveSegment? Find(Offset offset) =>
        Passed is [var first, ..] && offset >= first.Visible.Start ? FirstAfter(Passed, offset) : FirstAfter(Listed, offset);

    /// <returns>Null if the passed segment is not the one with which the listing ends.</returns>
    public SegmentListingCache? Extended(PassedSegment passed, PartitionPlace place)
    {
        Offset? end = Passed.Count > 0 ? Passed[^1].Visible.End : Listed is [.., { Visible: var last }] && last.End == Offset.Max ? last.Start : null;
        if (end != passed.Base || Passed.Count >= PassedMax)
        {
            return null;
        }

        var file = new SegmentFile(place.Segment(passed.Base), passed.Base, null, 0, passed.Length, Sealed: true);
        return this with { Passed = Passed.Add(new LiveSegment(file, new OffsetRange(passed.Base, passed.End))) };
    }

    /// <summary>The first of these segments that ends after the offset; null if there is none. A binary search.</summary>
    /// <param name="segments">In offset order, without overlaps.</param>
    /// <param name="offset">The offset.</param>
    public static LiveSegment? FirstAfter(IReadOnlyList<LiveSegment> segments, Offset offset)
    {
        int low = 0;
        int high = segments.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = segments[middle].Visible.End > offset ? (low, middle) : (middle + 1, high);
        }

        return low < segments.Count ? segments[low] : null;
    }
}
