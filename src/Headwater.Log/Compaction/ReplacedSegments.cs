using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Compaction;

/// <summary>
/// Deletes segments that compacted segments fully cover, once the covering segments are older than the grace period. The listing alone decides: a sealed
/// segment can be deleted if it is live neither among all segments nor among those left without the compacted segments published within the grace
/// period.
/// Any process can repeat the deletion at any time: the name of a compacted segment is never reused for other content, and the append path never returns to a
/// base below the active segment's.
/// </summary>
internal static class ReplacedSegments
{
    /// <summary>The segments that can be deleted now.</summary>
    public static IReadOnlyList<SegmentFile> Deletable(IReadOnlyList<SegmentFile> files, DateTimeOffset now, TimeSpan grace)
    {
        IEnumerable<SegmentFile> standing = files.Where(f => f.Generation == 0 || f.Modified + grace <= now);
        HashSet<string> live = [.. SegmentMap.Resolve(standing).Select(s => s.File.Name), .. SegmentMap.Resolve(files).Select(s => s.File.Name)];
        return [.. files.Where(f => f.Sealed && !live.Contains(f.Name))];
    }

    /// <summary>When the next replaced segment can be deleted; null if no replaced segment waits for its grace period.</summary>
    public static DateTimeOffset? NextAt(IReadOnlyList<SegmentFile> files, DateTimeOffset now, TimeSpan grace)
    {
        bool anyWaits = SegmentMap.Resolve(files).Select(s => s.File.Name).ToHashSet() is var live && files.Any(f => f.Sealed && !live.Contains(f.Name));
        DateTimeOffset[] ends = [.. files.Where(f => f.Generation > 0).Select(f => f.Modified + grace).Where(at => at > now)];
        return anyWaits && ends.Length > 0 ? ends.Min() : null;
    }

    /// <summary>Deletes segments, their indexes and their key files. Deletes are free of charge.</summary>
    public static async Task DeleteAsync(IBlobs blobs, IEnumerable<SegmentFile> files, CancellationToken cancellation)
    {
        foreach (SegmentFile file in files)
        {
            // Delete the caches first: without their segment they would never be found.
            await blobs.DeleteAsync(BlobNames.IndexOf(file.Name), null, cancellation);
            if (file.Generation == 0)
            {
                await blobs.DeleteAsync(BlobNames.KeysOf(file.Name), null, cancellation);
            }

            await blobs.DeleteAsync(file.Name, null, cancellation);
        }
    }
}
