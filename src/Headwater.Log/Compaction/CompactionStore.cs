using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Compaction;

/// <summary>One version of a partition's compaction state.</summary>
/// <param name="State">The state.</param>
/// <param name="ETag">The blob's ETag; null if there is no blob.</param>
internal sealed record StoredCompaction(CompactionState State, string? ETag)
{
    /// <summary>A later version of the app wrote the state, in a format unknown here. This version must leave the partition alone.</summary>
    public bool IsForeign { get; init; }
}

/// <summary>Reads and changes a partition's compaction state, and stores the progress of scans.</summary>
internal sealed class CompactionStore(IBlobs blobs, PartitionPlace place)
{
    private const int BytesMax = 64 << 20;

    private const int ScanBytesMax = 1 << 30;

    private string Name => BlobNames.Compaction(place.Folder);

    /// <summary>Reads the state. Costs one read.</summary>
    public async Task<StoredCompaction> ReadAsync(CancellationToken cancellation)
    {
        using BlobRead? read = await blobs.ReadAsync(Name, 0, BytesMax, cancellation);
        if (read is null)
        {
            return new StoredCompaction(CompactionState.None, null);
        }

        return CompactionState.Read(read.Content.Span) is { } state
            ? new StoredCompaction(state, read.ETag)
            : new StoredCompaction(CompactionState.None, read.ETag) { IsForeign = CompactionState.IsOfLaterVersion(read.Content.Span) };
    }

    /// <summary>Replaces the state. Costs one write.</summary>
    /// <returns>Null if another instance has changed the state; nothing was written.</returns>
    public async Task<StoredCompaction?> ChangeAsync(StoredCompaction from, CompactionState to, CancellationToken cancellation)
    {
        var condition = new WriteCondition(from.ETag);
        return await blobs.WriteAsync(Name, to.Write(), condition, cancellation) is { } etag ? new StoredCompaction(to, etag) : null;
    }

    /// <summary>Reads the progress of a run's scan. Costs one read.</summary>
    /// <returns>Null if there is no valid progress.</returns>
    public async Task<ScanProgress?> ReadScanAsync(CompactionRun run, CancellationToken cancellation)
    {
        using BlobRead? read = await blobs.ReadAsync(ScanName(run), 0, ScanBytesMax, cancellation);
        return read is null ? null : ScanProgress.Read(read.Content.Span, run);
    }

    /// <summary>Saves the progress of a run's scan. The write is unconditional, because progress from any instance is correct. Costs one write.</summary>
    public async Task WriteScanAsync(CompactionRun run, ScanProgress progress, CancellationToken cancellation) =>
        await blobs.WriteAsync(ScanName(run), progress.Write(run), WriteCondition.Always, cancellation);

    public async Task DeleteScanAsync(CompactionRun run, CancellationToken cancellation) => await blobs.DeleteAsync(ScanName(run), null, cancellation);

    private string ScanName(CompactionRun run) => BlobNames.CompactionScan(place.Folder, run.Id);
}
