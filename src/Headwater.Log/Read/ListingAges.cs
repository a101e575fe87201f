using Headwater.Log.Model;

namespace Headwater.Log.Read;

/// <summary>
/// How long a listing of a partition's segments is used. A listing that takes more calls is used for longer, so that a reader makes about one call per
/// <paramref name="Least"/> at any number of segments.
/// </summary>
/// <param name="Least">For a listing of one call.</param>
/// <param name="Most">Half of the time for which a replaced segment is kept, so that readers never miss one.</param>
internal readonly record struct ListingAges(TimeSpan Least, TimeSpan Most)
{
    /// <summary>A call lists 5,000 blobs; a segment has an index.</summary>
    private const int SegmentsPerCall = 2_500;

    public static ListingAges Of(LogOptions options) => new(options.ListingAge, options.Compaction.Grace / 2);

    public TimeSpan Of(SegmentListingCache listing)
    {
        TimeSpan inProportion = Least * (1 + (listing.Listed.Count / SegmentsPerCall));
        TimeSpan longest = Most > Least ? Most : Least;
        return inProportion < longest ? inProportion : longest;
    }
}
