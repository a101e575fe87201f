using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Cleanup;

/// <summary>
/// Deletes strays: empty segments left by a process that lost a race to create one. A stray is not the last segment, has no bytes, and is at least as old as
/// the given age. Readers ignore strays. No process appends to them, because a creator lists the segments before its first append.
/// Also deletes the saved scan progress of abandoned compaction runs, and key files, whose keys have expired at that age. Costs one listing.
/// </summary>
internal sealed class PartitionStrays(LogPorts ports, PartitionPlace place, TimeSpan age)
{
    /// <summary>Deletes the strays and the scan progress of all runs except <paramref name="currentRun"/>.</summary>
    /// <param name="currentRun">Id of the compaction run in progress; null if there is none.</param>
    /// <param name="cancellation">Stops the calls.</param>
    /// <returns>Number of blobs deleted.</returns>
    public async Task<int> SweepAsync(string? currentRun, CancellationToken cancellation)
    {
        List<BlobItem> items = await ports.Blobs.ListAllAsync(place.Folder, cancellation);
        DateTimeOffset before = ports.Clock.Now().ToDateTimeOffset() - age;
        string last = items.Where(i => SegmentFile.FromListing(i) is { Generation: 0 }).Select(i => i.Name).Max(StringComparer.Ordinal) ?? "";
        BlobItem[] strays = [.. items.Where(i => i.LastModified <= before && (IsStray(i, last) || IsLeftover(i, currentRun)))];
        foreach (BlobItem stray in strays)
        {
            await ports.Blobs.DeleteAsync(stray.Name, stray.ETag, cancellation);
        }

        return strays.Length;
    }

    private static bool IsStray(BlobItem item, string last) =>
        item.Length == 0 && SegmentFile.FromListing(item) is { Generation: 0 } && string.CompareOrdinal(item.Name, last) < 0;

    private bool IsLeftover(BlobItem item, string? currentRun) =>
        item.Name.EndsWith(BlobNames.KeysSuffix, StringComparison.Ordinal) || IsAbandoned(item, currentRun);

    private bool IsAbandoned(BlobItem item, string? currentRun) =>
        item.Name.StartsWith(BlobNames.CompactionScans(place.Folder), StringComparison.Ordinal)
        && (currentRun is null || !item.Name.EndsWith(currentRun, StringComparison.Ordinal));
}
