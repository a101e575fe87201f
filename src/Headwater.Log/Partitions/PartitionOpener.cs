using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>The result of opening a partition.</summary>
/// <param name="Tail">The tail, as of the opening.</param>
/// <param name="End">Whether the tail's segment accepts appends.</param>
/// <param name="Checkpointed">The position of the checkpoint; without a usable one, the start of the first segment that was scanned.</param>
/// <param name="CheckpointTag">ETag of the checkpoint blob, whether it was usable or not; null if there is none.</param>
internal sealed record OpenedPartition(PartitionTail Tail, TailEnd End, TailPosition Checkpointed, string? CheckpointTag);

/// <summary>
/// Finds a partition's end. With a checkpoint, costs one read of the checkpoint, one read of the later bytes, and one read per segment created since; also one
/// listing if the last segment is empty, or is sealed without a successor. Without a usable checkpoint, costs one listing, and a scan of the last segment with
/// events and of the segments with the request keys to remember.
/// </summary>
internal sealed class PartitionOpener(IBlobs blobs, TailReader tails, CheckpointStore checkpoints)
{
    /// <exception cref="HeadwaterException">
    /// StreamNotFound if the partition has no segments, or only empty ones without the first; StreamChanged if segments were deleted during the call;
    /// CorruptSegment.
    /// </exception>
    public async Task<OpenedPartition> OpenAsync(PartitionPlace place, CancellationToken cancellation) =>
        await OpenAsync(place, await checkpoints.ReadAsync(place, cancellation), cancellation);

    /// <summary>As above, by a checkpoint that was just read; null if there is none.</summary>
    public async Task<OpenedPartition> OpenAsync(PartitionPlace place, StoredCheckpoint? stored, CancellationToken cancellation)
    {
        return await FromCheckpointAsync(place, stored, cancellation) ?? await ScanAsync(place, stored?.ETag, cancellation);
    }

    /// <summary>
    /// True if a tail's position is not the log end: its segment was deleted, later segments exist, or no earlier segment exists although one must.
    /// A sealed segment without a successor and an empty segment usually mean that a roll is in progress. They can also mean that compaction replaced the
    /// successor, that a delayed process created the empty segment as a stray, or that the deletion of the stream has not reached them yet. Only a listing can
    /// distinguish these cases; in any other state there is no storage call.
    /// </summary>
    public async Task<bool> IsLostAsync(PartitionPlace place, TailFound found, CancellationToken cancellation)
    {
        return found.End == TailEnd.Missing || (MayBeElsewhere(found) && !await GoesOnAtAsync(place, found.At.Next, cancellation));
    }

    /// <summary>Whether only a listing can tell that the segment is at the log end.</summary>
    public static bool MayBeElsewhere(TailFound found) =>
        found.End == TailEnd.SealedWithoutSuccessor || (found.End == TailEnd.Open && found.At.Header is null);

    /// <summary>
    /// True if a segment with this base is, or would be, the last one of the log: no segment reaches past the base, and an earlier segment exists unless the
    /// base is 0. Without an earlier segment the stream is being deleted, because nothing else deletes the last segment with events. Costs one listing.
    /// </summary>
    public async Task<bool> GoesOnAtAsync(PartitionPlace place, Offset segmentBase, CancellationToken cancellation) =>
        GoesOnAt(await ListAsync(place, cancellation), segmentBase);

    /// <summary>
    /// The ETag of the segment with this base if it is the last one of the log, else null. An append under this ETag cannot go to a blob that is created under
    /// the same name later. Costs one listing.
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
    /// All segments of every generation, including strays unless they are sealed. Costs one listing per 5,000 blobs, and one read for each segment of
    /// generation 0 that was listed as unsealed although it is not the last.
    /// </summary>
    public async Task<IReadOnlyList<SegmentFile>> ListAsync(PartitionPlace place, CancellationToken cancellation)
    {
        List<BlobItem> items = await blobs.ListAllAsync(place.Folder, cancellation);
        List<SegmentFile> files = [.. items.Select(SegmentFile.FromListing).OfType<SegmentFile>().Where(f => !IsLateStray(f))];
        Offset last = files.Where(f => f.Generation == 0).Select(f => f.Base).DefaultIfEmpty(Offset.Zero).Max();
        for (int i = files.Count - 1; i >= 0; i--)
        {
            // A listing is not a snapshot: this segment may have been sealed, and its successor created, between two pages.
            if (files[i] is { Sealed: false, Generation: 0 } file && file.Base < last)
            {
                using BlobRead? now = await blobs.ReadAsync(file.Name, 0, 1, cancellation);
                files[i] = file with { Sealed = now?.Sealed ?? false, Length = now?.Length ?? file.Length };
            }
        }

        return [.. files.Where(f => !IsLateStray(f))]; // A stray may have been sealed since it was listed.
    }

    /// <summary>
    /// An empty sealed segment. A roll seals only segments with events, so this blob was created and sealed by delayed calls, after the segment of that name
    /// had been deleted.
    /// </summary>
    private static bool IsLateStray(SegmentFile file) => file is { Generation: 0, Sealed: true, Length: 0 };

    /// <returns>Null if there is no usable checkpoint, or the log end cannot be reached from it.</returns>
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
            return null; // The checkpoint may be what is corrupt. If the log is, the scan fails too.
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
    /// Finds the first segment to scan. The scan must include the last segment with events, because only events record the time of the last append. The header
    /// of that segment says where the oldest remembered request key is, and the scan begins with the segment there. Costs one read per segment from the end
    /// to the last one with events.
    /// </summary>
    /// <returns>An index into <paramref name="files"/>.</returns>
    private async Task<int> FirstToScanAsync(PartitionPlace place, List<SegmentFile> files, CancellationToken cancellation)
    {
        for (int i = files.Count - 1; i >= 0; i--)
        {
            StoredHeader? stored = await StoredHeader.ReadAsync(blobs, files[i].Name, cancellation);
            if (stored is null && files[i].Length > 0)
            {
                throw Going(place); // Deleted since the listing, with the whole stream or by retention.
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
