using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Compaction;

/// <param name="State">What is agreed.</param>
/// <param name="ETag">Of the blob it was read from or written as; null if there is none.</param>
internal sealed record StoredCompaction(CompactionState State, string? ETag)
{
    /// <summary>A later version than this one agreed on it: it is not known here what, and is left to that one.</summary>
    public bool IsForeign { get; init; }
}

/// <summary>Reads and changes what is agreed about a partition's compaction, and keeps what its scan has found out.</summary>
internal sealed class CompactionStore(IBlobs blobs, PartitionPlace place)
{
    private const int BytesMax = 64 << 20;

    private const int ScanBytesMax = 1 << 30;

    private string Name => BlobNames.Compaction(place.Folder);

    /// <summary>One read.</summary>
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

    /// <summary>One write.</summary>
    /// <returns>Null if someone else has changed it: nothing was written.</returns>
    public async Task<StoredCompaction?> ChangeAsync(StoredCompaction from, CompactionState to, CancellationToken cancellation)
    {
        var condition = new WriteCondition(from.ETag);
        return await blobs.WriteAsync(Name, to.Write(), condition, cancellation) is { } etag ? new StoredCompaction(to, etag) : null;
    }

    /// <summary>One read.</summary>
    /// <returns>Null if there is none of use.</returns>
    public async Task<ScanProgress?> ReadScanAsync(CompactionRun run, CancellationToken cancellation)
    {
        using BlobRead? read = await blobs.ReadAsync(ScanName(run), 0, ScanBytesMax, cancellation);
        return read is null ? null : ScanProgress.Read(read.Content.Span, run);
    }

    /// <summary>One write, over whatever stands there: any instance's finding of this run is as right as another's.</summary>
    public async Task WriteScanAsync(CompactionRun run, ScanProgress progress, CancellationToken cancellation) =>
        await blobs.WriteAsync(ScanName(run), progress.Write(run), WriteCondition.Always, cancellation);

    public async Task DeleteScanAsync(CompactionRun run, CancellationToken cancellation) => await blobs.DeleteAsync(ScanName(run), null, cancellation);

    private string ScanName(CompactionRun run) => BlobNames.CompactionScan(place.Folder, run.Id);
}
