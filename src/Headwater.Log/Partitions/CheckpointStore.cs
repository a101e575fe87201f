using System.Buffers;
using Headwater.Core.Segments;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>Reads and writes the checkpoint of a partition. A checkpoint is a cache that makes cold opens cheap; correctness does not depend on it.</summary>
internal sealed class CheckpointStore(IBlobs blobs)
{
    private const int BytesMax = 8 << 20;

    /// <summary>Costs one read.</summary>
    /// <returns>Null if there is no blob. A blob that cannot be used gives its ETag without a checkpoint.</returns>
    public async Task<StoredCheckpoint?> ReadAsync(PartitionPlace place, CancellationToken cancellation)
    {
        using BlobRead? blob = await blobs.ReadAsync(BlobNames.Checkpoint(place.Folder), 0, BytesMax, cancellation);
        if (blob is null)
        {
            return null;
        }

        PartitionCheckpoint? checkpoint = Decode(blob.Content.Span);
        bool fits = checkpoint is not null && checkpoint.StreamId == place.StreamId && checkpoint.Partition == place.Partition;
        return new StoredCheckpoint(fits ? checkpoint : null, blob.ETag);
    }

    /// <summary>
    /// Writes a checkpoint, unless another process has written one that is at least as far. Costs one write; if the blob is not the expected one, also one read
    /// and at most one more write.
    /// </summary>
    /// <param name="place">The partition.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="etag">ETag of the blob that this process last saw; null if it saw none.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The ETag to pass next time.</returns>
    public async Task<string?> WriteAsync(PartitionPlace place, PartitionCheckpoint checkpoint, string? etag, CancellationToken cancellation)
    {
        var bytes = new ArrayBufferWriter<byte>();
        checkpoint.WriteTo(bytes);
        string name = BlobNames.Checkpoint(place.Folder);
        string? written = await blobs.WriteAsync(name, bytes.WrittenMemory, new WriteCondition(etag), cancellation);
        if (written is not null)
        {
            return written;
        }

        StoredCheckpoint? other = await ReadAsync(place, cancellation);
        bool ahead = other?.Checkpoint is { } theirs && theirs.Next >= checkpoint.Next;
        return ahead ? other!.ETag : await blobs.WriteAsync(name, bytes.WrittenMemory, new WriteCondition(other?.ETag), cancellation) ?? other?.ETag;
    }

    /// <summary>A corrupt or newer checkpoint is treated as missing: the log itself is read instead.</summary>
    private static PartitionCheckpoint? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return PartitionCheckpoint.Read(bytes);
        }
        catch (SegmentFormatException)
        {
            return null;
        }
    }
}

/// <summary>A checkpoint blob.</summary>
/// <param name="Checkpoint">Null if the blob is corrupt, of an unsupported version, or of another partition or creation of the stream.</param>
/// <param name="ETag">ETag of the blob.</param>
internal sealed record StoredCheckpoint(PartitionCheckpoint? Checkpoint, string ETag);
