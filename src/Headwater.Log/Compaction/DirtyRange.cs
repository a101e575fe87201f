using Headwater.Core.Positions;
using Headwater.Log.Segments;

namespace Headwater.Log.Compaction;

/// <summary>What of a partition is not cleaned yet, of its sealed segments below the bound.</summary>
/// <param name="Ratio">Share of their bytes.</param>
/// <param name="Oldest">When the first event of it was appended; null if there is none.</param>
internal sealed record DirtyRange(double Ratio, UnixMicros? Oldest)
{
    public static DirtyRange None { get; } = new(0, null);

    /// <summary><see cref="SegmentTimes.FirstAppendedAsync"/> if there is any, else no storage call.</summary>
    /// <param name="segments">Below the bound, in order.</param>
    /// <param name="cleanTo">Below this offset all is clean.</param>
    /// <param name="times">Asked for the oldest.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public static async Task<DirtyRange> OfAsync(IReadOnlyList<RunInput> segments, Offset cleanTo, SegmentTimes times, CancellationToken cancellation)
    {
        RunInput[] dirty = [.. segments.Where(s => s.Range.End > cleanTo)];
        long bytes = dirty.Sum(s => s.Bytes);
        if (bytes == 0)
        {
            return None;
        }

        Offset first = dirty[0].Range.Start > cleanTo ? dirty[0].Range.Start : cleanTo;
        return new DirtyRange((double)bytes / segments.Sum(s => s.Bytes), await times.FirstAppendedAsync(dirty[0].Name, first, cancellation));
    }
}
