using Headwater.Core.Positions;
using Headwater.Log.Segments;

namespace Headwater.Log.Compaction;

/// <summary>The part of a partition that is not clean, among the sealed segments below a run's bound.</summary>
/// <param name="Ratio">Share, 0 to 1, of the bytes of these segments.</param>
/// <param name="Oldest">Append time of the first event of the part; null if the part is empty.</param>
internal sealed record DirtyRange(double Ratio, UnixMicros? Oldest)
{
    public static DirtyRange None { get; } = new(0, null);

    /// <summary>
    /// Measures the part above <paramref name="cleanTo"/>. Costs as many calls as <see cref="SegmentTimes.FirstAppendedAsync"/>, or none if it is empty.
    /// </summary>
    /// <param name="segments">The segments below the bound, in order.</param>
    /// <param name="cleanTo">The log is clean below this offset.</param>
    /// <param name="times">Reads the append time of the first event.</param>
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
