using System.Buffers;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>Builds the index of a sealed segment from its blocks.</summary>
internal static class IndexScan
{
    private const int ChunkBytes = 4 << 20;

    /// <summary>Costs one read per 4 MiB.</summary>
    /// <returns>Null if the segment has no events.</returns>
    /// <exception cref="SegmentGoneException">The segment was deleted.</exception>
    public static async Task<SegmentIndex?> ReadAsync(SegmentFile file, StoredHeader known, SegmentScan scan, CancellationToken cancellation)
    {
        var entries = new IndexBuilder();
        (Offset End, UnixMicros Appended)? last = null;
        await foreach (ScannedBlock scanned in scan.BlocksAsync(file.Name, known.Header, known.Length, ChunkBytes, cancellation))
        {
            using DecodedBlock block = scanned.Block;
            entries.Note(block.Position, block.FirstOffset, block.Appended);
            last = file.Generation == 0 ? (block.FirstOffset + block.Count, block.Appended) : LastOf(block, known.Header);
        }

        return last is { } end ? new SegmentIndex(entries.Entries, end.End, end.Appended) : null;
    }

    /// <summary>Writes an index unless one exists. An index only speeds up reads, so storage errors are ignored.</summary>
    public static async Task TryWriteAsync(IBlobs blobs, string name, SegmentIndex index, CancellationToken cancellation)
    {
        var bytes = new ArrayBufferWriter<byte>();
        index.WriteTo(bytes);
        await CacheWrite.TryAsync(blobs, name, bytes.WrittenMemory, WriteCondition.IfAbsent, cancellation);
    }

    /// <summary>The events of a compacted block may have gaps and different append times.</summary>
    private static (Offset End, UnixMicros Appended) LastOf(DecodedBlock block, SegmentHeader header)
    {
        (Offset End, UnixMicros Appended) last = (block.FirstOffset, block.Appended);
        foreach (DecodedEvent view in block.GetEvents(header.Schema))
        {
            last = (view.Offset.Next, view.Appended);
        }

        return last;
    }
}
