using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Compaction;

/// <summary>
/// Deletes segments that higher generations wholly cover, once those have stood for the grace. The listing alone says which: what is not live on a
/// map drawn without the segments published since. Safe to
/// repeat at any time, by anyone: names of compacted segments never mean anything else, and the append path never comes back to a base below the active one.
/// </summary>
internal static class ReplacedSegments
{
    /// <returns>Those that may go now.</returns>
    public static IReadOnlyList<SegmentFile> Deletable(IReadOnlyList<SegmentFile> files, DateTimeOffset now, TimeSpan grace)
    {
        IEnumerable<SegmentFile> standing = files.Where(f => f.Generation == 0 || f.Modified + grace <= now);
        HashSet<string> live = [.. SegmentMap.Resolve(standing).Select(s => s.File.Name), .. SegmentMap.Resolve(files).Select(s => s.File.Name)];
        return [.. files.Where(f => f.Sealed && !live.Contains(f.Name))];
    }

    /// <returns>When the next may go; null if none waits.</returns>
    public static DateTimeOffset? NextAt(IReadOnlyList<SegmentFile> files, DateTimeOffset now, TimeSpan grace)
    {
        bool anyWaits = SegmentMap.Resolve(files).Select(s => s.File.Name).ToHashSet() is var live && files.Any(f => f.Sealed && !live.Contains(f.Name));
        DateTimeOffset[] ends = [.. files.Where(f => f.Generation > 0).Select(f => f.Modified + grace).Where(at => at > now)];
        return anyWaits && ends.Length > 0 ? ends.Min() : null;
    }

    /// <summary>Deletes are free of charge.</summary>
    public static async Task DeleteAsync(IBlobs blobs, IEnumerable<SegmentFile> files, CancellationToken cancellation)
    {
        foreach (SegmentFile file in files)
        {
            await blobs.DeleteAsync(BlobNames.IndexOf(file.Name), null, cancellation); // Delete the index first: without its segment it would never be found.
            await blobs.DeleteAsync(file.Name, null, cancellation);
        }
    }
}
