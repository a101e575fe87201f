using Headwater.Core.Positions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Retention;

/// <summary>
/// Deletes segments wholly below the log start, oldest first; what a deletion that broke off left is found by the next listing. Deletes are free of
/// charge.
/// </summary>
internal static class SegmentsBelow
{
    public static IReadOnlyList<SegmentFile> Find(IReadOnlyList<SegmentFile> files, Offset logStart)
    {
        Offset[] bases = [.. files.Where(f => f.Generation == 0).Select(f => f.Base).Order()];
        return [.. files.Where(f => f.Sealed && EndOf(f, bases) <= logStart).OrderBy(f => f.Base).ThenBy(f => f.Generation)];
    }

    public static async Task<int> DeleteAsync(IBlobs blobs, IReadOnlyList<SegmentFile> files, Offset logStart, CancellationToken cancellation)
    {
        IReadOnlyList<SegmentFile> below = Find(files, logStart);
        foreach (SegmentFile file in below)
        {
            await blobs.DeleteAsync(BlobNames.IndexOf(file.Name), null, cancellation); // Delete the index first: without its segment it would never be found.
            await blobs.DeleteAsync(file.Name, null, cancellation);
        }

        return below.Count;
    }

    /// <summary>At most where the next segment of generation 0 begins; the last of them never ends here.</summary>
    private static Offset EndOf(SegmentFile file, Offset[] bases) => file.End ?? bases.Where(b => b > file.Base).DefaultIfEmpty(Offset.Max).Min();
}
