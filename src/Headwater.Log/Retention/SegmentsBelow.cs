using Headwater.Core.Positions;
using Headwater.Log.Clock;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Retention;

/// <summary>
/// Deletes segments wholly below the log start, oldest first. The next listing finds the segments that an interrupted deletion left. Deletes are free of
/// charge.
/// </summary>
internal static class SegmentsBelow
{
    public static IReadOnlyList<SegmentFile> Find(IReadOnlyList<SegmentFile> files, Offset logStart)
    {
        Offset[] bases = [.. files.Where(f => f.Generation == 0).Select(f => f.Base).Order()];
        return [.. files.Where(f => f.Sealed && EndOf(f, bases) <= logStart).OrderBy(f => f.Base).ThenBy(f => f.Generation)];
    }

    /// <returns>Number of segments deleted: at least one if there is one. Fewer than <see cref="Find"/> finds if the slice ended.</returns>
    public static async Task<int> DeleteAsync(IBlobs blobs, IReadOnlyList<SegmentFile> below, TimeSlice slice, CancellationToken cancellation)
    {
        int deleted = 0;
        foreach (SegmentFile file in below.TakeWhile(_ => deleted == 0 || !slice.IsOver))
        {
            await blobs.DeleteAsync(BlobNames.IndexOf(file.Name), null, cancellation); // Delete the index first: without its segment it would never be found.
            await blobs.DeleteAsync(file.Name, null, cancellation);
            deleted++;
        }

        return deleted;
    }

    /// <summary>Upper bound of the segment's end: the base of the next segment of generation 0. The last segment of generation 0 has no end.</summary>
    private static Offset EndOf(SegmentFile file, Offset[] bases) => file.End ?? Next(file.Base, bases);

    private static Offset Next(Offset segmentBase, Offset[] bases)
    {
        // Two copies of one base cannot exist, because the base is the segment's name.
        int at = Array.BinarySearch(bases, segmentBase) + 1;
        return at < bases.Length ? bases[at] : Offset.Max;
    }
}
