using System.Buffers;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>Reads and writes the request keys of sealed segments. The files are caches: a missing or damaged one is made again from its segment.</summary>
internal sealed class KeyFiles(IBlobs blobs)
{
    private const int BytesMax = 48 << 20;

    private const int ScanBytes = 4 << 20;

    private readonly SegmentScan _scan = new(blobs);

    /// <summary>
    /// The request keys of a sealed segment of generation 0. Costs one read; without a usable file also one read per 4 MiB of the segment and one write.
    /// </summary>
    /// <param name="place">The partition.</param>
    /// <param name="segmentBase">The base offset of the segment.</param>
    /// <param name="count">The number of keys that the file must have; null if unknown.</param>
    /// <param name="cancellation">Stops the calls.</param>
    /// <returns>Null if the segment does not exist.</returns>
    public async Task<KeyFile?> LoadAsync(PartitionPlace place, Offset segmentBase, int? count, CancellationToken cancellation)
    {
        string name = BlobNames.Keys(place.Folder, segmentBase);
        string? etag;
        using (BlobRead? blob = await blobs.ReadAsync(name, 0, BytesMax, cancellation))
        {
            etag = blob?.ETag;
            if (blob is not null && Decode(blob.Content.Span) is { } file && IsOf(file, place, segmentBase) && (count is null || file.Keys.Count == count))
            {
                return file;
            }
        }

        if (await ScanAsync(place, segmentBase, cancellation) is not { } scanned)
        {
            return null;
        }

        await TryWriteAsync(place, scanned, new WriteCondition(etag), cancellation);
        return scanned;
    }

    /// <summary>Writes the keys of a segment that was sealed. Ignores storage errors: without the file, the segment is read.</summary>
    public async Task TryWriteAsync(PartitionPlace place, KeyFile file, WriteCondition condition, CancellationToken cancellation)
    {
        var bytes = new ArrayBufferWriter<byte>();
        file.WriteTo(bytes);
        await CacheWrite.TryAsync(blobs, BlobNames.Keys(place.Folder, file.Base), bytes.WrittenMemory, condition, cancellation);
    }

    private static bool IsOf(KeyFile file, PartitionPlace place, Offset segmentBase) =>
        file.StreamId == place.StreamId && file.Partition == place.Partition && file.Base == segmentBase;

    private static KeyFile? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return KeyFile.Read(bytes);
        }
        catch (SegmentFormatException)
        {
            return null;
        }
    }

    private async Task<KeyFile?> ScanAsync(PartitionPlace place, Offset segmentBase, CancellationToken cancellation)
    {
        string segment = place.Segment(segmentBase);
        if (await StoredHeader.ReadAsync(blobs, segment, cancellation) is not { } known)
        {
            return null;
        }

        var entries = new List<(uint, uint)>();
        Offset end = segmentBase;
        UnixMicros? first = null;
        UnixMicros last = new(0);
        try
        {
            await foreach (ScannedBlock scanned in _scan.BlocksAsync(segment, known.Header, known.Length, ScanBytes, cancellation))
            {
                using DecodedBlock block = scanned.Block;
                first ??= block.Appended;
                last = block.Appended;
                end = block.FirstOffset + block.Count;
                if (block.Batch is { Request: { } request, Digest: not null })
                {
                    entries.Add((KeyIndex.PrefixOf(request), checked((uint)block.Position)));
                }
            }
        }
        catch (SegmentGoneException)
        {
            return null;
        }

        return new KeyFile
        {
            StreamId = place.StreamId,
            Partition = place.Partition,
            Base = segmentBase,
            End = end,
            First = first ?? last,
            Last = last,
            Codec = known.Header.Codec,
            Sync = known.Header.Sync,
            Keys = KeyIndex.Of(entries),
        };
    }
}
