using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Cleanup;

/// <summary>
/// Deletes strays: empty segments left by a process that lost a race to create one. A stray is not the last segment, has no bytes, and is at least as old as
/// the given age. Readers ignore strays. No process appends to them, because a creator lists the segments before its first append.
/// Also deletes the saved scan progress of abandoned compaction runs. Costs one listing.
/// </summary>
internal sealed class PartitionStrays(LogPorts ports, PartitionPlace place, TimeSpan age)
{
    /// <summary>Deletes the strays and the scan progress of all runs except <paramref name="currentRun"/>.</summary>
    /// <param name="currentRun">Id of the compaction run in progress; null if there is none.</param>
    /// <param name="cancellation">Stops the calls.</param>
    public async Task<SweptPartition> SweepAsync(string? currentRun, CancellationToken cancellation)
    {
        List<BlobItem> items = await ports.Blobs.ListAllAsync(place.Folder, cancellation);
        DateTimeOffset before = ports.Clock.Now().ToDateTimeOffset() - age;
        string last = items.Where(i => SegmentFile.FromListing(i) is { Generation: 0 }).Select(i => i.Name).Max(StringComparer.Ordinal) ?? "";
        ILookup<bool, BlobItem> byIsOld = items.Where(i => IsStray(i, last) || IsLeftover(i, currentRun)).ToLookup(i => i.LastModified <= before);
        BlobItem[] strays = [.. byIsOld[true]];
        foreach (BlobItem stray in strays)
        {
            await ports.Blobs.DeleteAsync(stray.Name, stray.ETag, cancellation);
        }

        return new SweptPartition(strays.Length, byIsOld[false].Any());
    }

    private static bool IsStray(BlobItem item, string last) =>
        item.Length == 0 && SegmentFile.FromListing(item) is { Generation: 0 } && string.CompareOrdinal(item.Name, last) < 0;

    private bool IsLeftover(BlobItem item, string? currentRun) =>
        item.Name.StartsWith(BlobNames.CompactionScans(place.Folder), StringComparison.Ordinal)
        && (currentRun is null || !item.Name.EndsWith(currentRun, StringComparison.Ordinal));
}

/// <summary>What a cleanup did to a partition.</summary>
/// <param name="Deleted">Number of blobs deleted.</param>
/// <param name="HasYoung">Whether there are strays that are not old enough.</param>
internal readonly record struct SweptPartition(int Deleted, bool HasYoung);
