using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Cleanup;

/// <summary>
/// Deletes strays: empty segments left by a process that lost a race to create one. A stray is not the last segment, has no bytes, and is at least as old as
/// the given age. Readers ignore strays. No process appends to them, because a creator lists the segments before its first append.
/// Also deletes the saved scan progress of abandoned compaction runs, and indexes whose segment does not exist. Costs no call but the deletes.
/// </summary>
internal sealed class PartitionStrays(LogPorts ports, PartitionPlace place, TimeSpan age)
{
    /// <summary>Deletes the strays, the scan progress of all runs except <paramref name="currentRun"/>, and the indexes without a segment.</summary>
    /// <param name="items">A listing of the partition.</param>
    /// <param name="currentRun">Id of the compaction run in progress; null if there is none.</param>
    /// <param name="cancellation">Stops the calls.</param>
    public async Task<SweptPartition> SweepAsync(IReadOnlyList<BlobItem> items, string? currentRun, CancellationToken cancellation)
    {
        HashSet<string> names = [.. items.Select(i => i.Name)];
        DateTimeOffset before = ports.Clock.Now().ToDateTimeOffset() - age;
        string last = items.Where(i => SegmentFile.FromListing(i) is { Generation: 0 }).Select(i => i.Name).Max(StringComparer.Ordinal) ?? "";
        ILookup<bool, BlobItem> byIsOld = items.Where(i => IsStray(i, last) || IsLeftover(i, currentRun) || IsOrphan(i, names))
            .ToLookup(i => i.LastModified <= before);
        BlobItem[] strays = [.. byIsOld[true]];
        foreach (BlobItem stray in strays)
        {
            await ports.Blobs.DeleteAsync(stray.Name, stray.ETag, cancellation);
        }

        return new SweptPartition(strays.Length, byIsOld[false].Any());
    }

    private static bool IsStray(BlobItem item, string last) =>
        item.Length == 0 && SegmentFile.FromListing(item) is { Generation: 0 } && string.CompareOrdinal(item.Name, last) < 0;

    /// <summary>An index that was written while its segment was being deleted. A segment's name precedes its index's, so a listing cannot miss it.</summary>
    private static bool IsOrphan(BlobItem item, HashSet<string> names) =>
        item.Name.EndsWith(BlobNames.IndexSuffix, StringComparison.Ordinal)
        && !names.Contains(item.Name[..^BlobNames.IndexSuffix.Length] + BlobNames.SegmentSuffix);

    private bool IsLeftover(BlobItem item, string? currentRun) =>
        item.Name.StartsWith(BlobNames.CompactionScans(place.Folder), StringComparison.Ordinal)
        && (currentRun is null || !item.Name.EndsWith(currentRun, StringComparison.Ordinal));
}

/// <summary>What a cleanup did to a partition.</summary>
/// <param name="Deleted">Number of blobs deleted.</param>
/// <param name="HasYoung">Whether there are strays that are not old enough.</param>
internal readonly record struct SweptPartition(int Deleted, bool HasYoung);
