using System.Buffers;
using Headwater.Core.Segments;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>Reads and writes a partition's checkpoint: a cache that makes cold opens cheap and is never needed for a right answer.</summary>
internal sealed class CheckpointStore(IBlobs blobs)
{
    private const int BytesMax = 8 << 20;

    /// <summary>One read.</summary>
    /// <returns>Null if there is none, or none that fits this partition and format version.</returns>
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

    /// <summary>One write; a later checkpoint of someone else is left standing.</summary>
    /// <param name="place">Which partition.</param>
    /// <param name="checkpoint">What to keep.</param>
    /// <param name="etag">Of the checkpoint known to stand there; null for none.</param>
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

    /// <summary>A damaged or newer checkpoint is as good as none: the log itself is read instead.</summary>
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

/// <param name="Checkpoint">Null if what stands there is of no use.</param>
/// <param name="ETag">Of what stands there.</param>
internal sealed record StoredCheckpoint(PartitionCheckpoint? Checkpoint, string ETag);
