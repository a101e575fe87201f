using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <param name="Tail">Caught up with storage as of the opening.</param>
/// <param name="End">Whether its segment takes appends.</param>
/// <param name="Checkpointed">Where the checkpoint stands, or the start of the segment scanned without one.</param>
/// <param name="CheckpointTag">ETag of the checkpoint that stands there, of use or not.</param>
internal sealed record OpenedPartition(PartitionTail Tail, TailEnd End, TailPosition Checkpointed, string? CheckpointTag);

/// <summary>
/// Finds a partition's end. With a checkpoint, costs one read of the checkpoint, one read of the later bytes, and one read per segment created since.
/// Without a checkpoint, costs one listing, and a scan of the last segment and of the segments with the request keys to remember.
/// </summary>
internal sealed class PartitionOpener(IBlobs blobs, TailReader tails, CheckpointStore checkpoints)
{
    /// <exception cref="HeadwaterException">StreamNotFound if the partition has no segment; CorruptSegment.</exception>
    public async Task<OpenedPartition> OpenAsync(PartitionPlace place, CancellationToken cancellation)
    {
        StoredCheckpoint? stored = await checkpoints.ReadAsync(place, cancellation);
        return await FromCheckpointAsync(place, stored, cancellation) ?? await ScanAsync(place, stored?.ETag, cancellation);
    }

    /// <summary>
    /// True if the position found is not the log end: the segment was deleted, or later segments exist. A sealed segment without a successor and an empty
    /// segment usually mean an active roll. They can also mean that compaction replaced the later segments, that a delayed process created a stray, or that a
    /// deletion left them behind. Only a listing can distinguish these cases; in any other state there is no storage call.
    /// </summary>
    public async Task<bool> IsLostAsync(PartitionPlace place, TailFound found, CancellationToken cancellation)
    {
        if (found.End == TailEnd.Missing)
        {
            return true;
        }

        bool mayBeElsewhere = found.End == TailEnd.SealedWithoutSuccessor || found.At.Header is null;
        return mayBeElsewhere && !await GoesOnAtAsync(place, found.At.Next, cancellation);
    }

    /// <summary>
    /// True if the log continues in a segment with this base: no later segment exists, and the previous segment exists. The last segment with an event is
    /// deleted only with its stream. Costs one listing.
    /// </summary>
    public async Task<bool> GoesOnAtAsync(PartitionPlace place, Offset segmentBase, CancellationToken cancellation) =>
        GoesOnAt(await ListAsync(place, cancellation), segmentBase);

    /// <summary>
    /// The ETag of the segment with this base if the log continues in it, else null. A blob created under the same name later has another ETag.
    /// Costs one listing.
    /// </summary>
    public async Task<string?> FindLastAsync(PartitionPlace place, Offset segmentBase, CancellationToken cancellation)
    {
        IReadOnlyList<SegmentFile> files = await ListAsync(place, cancellation);
        return GoesOnAt(files, segmentBase) ? files.FirstOrDefault(f => f.Generation == 0 && f.Base == segmentBase)?.ETag : null;
    }

    private static bool GoesOnAt(IReadOnlyList<SegmentFile> files, Offset segmentBase)
    {
        bool isOvertaken = files.Any(f => f.Base > segmentBase || f.End > segmentBase);
        return !isOvertaken && (segmentBase == Offset.Zero || files.Any(f => f.Base < segmentBase));
    }

    /// <summary>
    /// All segments as they are, of every generation, strays included: one listing per 5,000 blobs, and one read for each that looks like a stray.
    /// </summary>
    public async Task<IReadOnlyList<SegmentFile>> ListAsync(PartitionPlace place, CancellationToken cancellation)
    {
        List<BlobItem> items = await blobs.ListAllAsync(place.Folder, cancellation);
        List<SegmentFile> files = [.. items.Select(SegmentFile.FromListing).OfType<SegmentFile>().Where(f => !IsLateStray(f))];
        Offset last = files.Where(f => f.Generation == 0).Select(f => f.Base).DefaultIfEmpty(Offset.Zero).Max();
        for (int i = files.Count - 1; i >= 0; i--)
        {
            // A listing takes its time: this one may have been sealed, and its successor created, between two pages.
            if (files[i] is { Sealed: false, Generation: 0 } file && file.Base < last)
            {
                using BlobRead? now = await blobs.ReadAsync(file.Name, 0, 1, cancellation);
                files[i] = file with { Sealed = now?.Sealed ?? false };
            }
        }

        return files;
    }

    /// <summary>Made and sealed by calls that came after the segment of that name was gone.</summary>
    private static bool IsLateStray(SegmentFile file) => file is { Generation: 0, Sealed: true, Length: 0 };

    /// <returns>Null if there is no checkpoint that leads to the log's end.</returns>
    private async Task<OpenedPartition?> FromCheckpointAsync(PartitionPlace place, StoredCheckpoint? stored, CancellationToken cancellation)
    {
        if (stored?.Checkpoint is not { } checkpoint)
        {
            return null;
        }

        PartitionTail tail = PartitionTail.From(checkpoint);
        TailPosition since = tail.Position;
        try
        {
            TailFound found = await tails.CatchUpAsync(place, tail, cancellation);
            return await IsLostAsync(place, found, cancellation) ? null : new OpenedPartition(tail, found.End, since, stored.ETag);
        }
        catch (HeadwaterException problem) when (problem.Code == ErrorCode.CorruptSegment)
        {
            return null; // The checkpoint may be what is wrong; if the log is, the scan meets it too.
        }
    }

    private async Task<OpenedPartition> ScanAsync(PartitionPlace place, string? checkpointTag, CancellationToken cancellation)
    {
        List<SegmentFile> files = [.. (await ListAsync(place, cancellation)).Where(f => f.Generation == 0).OrderBy(f => f.Base)];
        files = [.. files.Where((f, i) => f.Sealed || i == files.Count - 1)];
        if (files.Count == 0)
        {
            throw Deleted(place);
        }

        int first = await FirstToScanAsync(place, files, cancellation);
        var tail = new PartitionTail(files[first].Base);
        TailPosition since = tail.Position;
        TailEnd end = TailEnd.Missing;
        foreach (SegmentFile file in files.Skip(first))
        {
            tail.EnterSegment(file.Base);
            end = (await tails.CatchUpAsync(place, tail, cancellation)).End;
            if (end == TailEnd.Missing)
            {
                throw Going(place);
            }
        }

        return new OpenedPartition(tail, end, since, checkpointTag);
    }

    /// <summary>
    /// The last segment with events, which alone tell when the last append was, says where the oldest remembered request key is; from there on
    /// everything is scanned.
    /// </summary>
    private async Task<int> FirstToScanAsync(PartitionPlace place, List<SegmentFile> files, CancellationToken cancellation)
    {
        for (int i = files.Count - 1; i >= 0; i--)
        {
            StoredHeader? stored = await StoredHeader.ReadAsync(blobs, files[i].Name, cancellation);
            if (stored is null && files[i].Length > 0)
            {
                throw Going(place); // The listing is out of date; nothing tells yet whether the stream goes or only its beginning.
            }

            if (stored is not null && stored.SegmentLength > stored.Length)
            {
                return stored.Header.KeysSince is { } since ? Math.Max(0, files.FindLastIndex(i, f => f.Base <= since)) : i;
            }
        }

        return files[0].Base == Offset.Zero ? 0 : throw Deleted(place);
    }

    private static HeadwaterException Going(PartitionPlace place) =>
        new(ErrorCode.StreamChanged, $"Partition {place.Partition} of stream '{place.Stream}' is being deleted or trimmed; retry.");

    private static HeadwaterException Deleted(PartitionPlace place) =>
        new(ErrorCode.StreamNotFound, $"Partition {place.Partition} of stream '{place.Stream}' has no segments: the stream was deleted.");
}
