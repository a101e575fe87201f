using System.Buffers;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// Writes one container block: count, size, the events (compressed), sync marker. The first event carries the batch record, whose
/// checksum is CRC-32C over the uncompressed events with itself zeroed, stored little-endian.
/// </summary>
public static class BlockEncoder
{
    /// <summary>The most a block holds before compression; readers refuse more.</summary>
    public const int MaxUncompressedBytes = 32 * 1024 * 1024;

    /// <param name="baseOffset">The offset of the first event; the rest follow without gaps.</param>
    /// <param name="appended">The append time of every event.</param>
    /// <exception cref="ArgumentException">There are no events, <see cref="BatchRecord.Count"/> is not their number, or they are too large for a block.</exception>
    public static void Write(
        EventBatch events, BatchRecord batch, Offset baseOffset, UnixMicros appended, BlockCodec codec, SyncMarker sync, IBufferWriter<byte> output)
    {
        if (events.Count == 0 || events.Count != batch.Count)
            throw new ArgumentException($"A batch of {batch.Count} holds {events.Count} events.", nameof(batch));
        long capacity = events.Bytes + (2L * AvroWriter.MaxLongBytes * events.Count) + (batch.Producer?.Length * 3L ?? 0) + 128;
        if (capacity > MaxUncompressedBytes)
            throw new ArgumentException($"{events.Bytes} bytes of events are too many for a block of {MaxUncompressedBytes}.", nameof(events));

        using var body = new PooledBuffer((int)capacity);
        WriteEvents(events, batch, baseOffset, appended, body);
        WriteBlock(events.Count, body.Written, codec, sync, output);
    }

    /// <summary>Compresses and frames the events of a block, their checksum in place.</summary>
    internal static void WriteBlock(int count, ReadOnlySpan<byte> body, BlockCodec codec, SyncMarker sync, IBufferWriter<byte> output)
    {
        if (codec == BlockCodec.Null)
        {
            WriteFrame(count, body, sync, output);
            return;
        }

        using var compressed = new PooledBuffer(Math.Min(body.Length + 64, MaxUncompressedBytes / 2));
        BlockCompression.Compress(body, codec, compressed);
        WriteFrame(count, compressed.Written, sync, output);
    }

    private static void WriteEvents(EventBatch events, BatchRecord batch, Offset baseOffset, UnixMicros appended, PooledBuffer body)
    {
        EncodedEvent first = events[0];
        WritePosition(baseOffset, appended, body);
        body.Write(events.Encoded(first.Start, first.ValueStart - 1));
        body.WriteUnionIndex(EventLayout.PresentBranch);
        BatchRecordCodec.Write(body, batch);
        int crcEnd = body.Length;
        body.Write(events.Encoded(first.ValueStart, first.End));
        for (int i = 1; i < events.Count; i++)
        {
            EncodedEvent next = events[i];
            WritePosition(baseOffset + i, appended, body);
            body.Write(events.Encoded(next.Start, next.End));
        }

        uint crc = Crc32C.Of(body.Written);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(body.Patch(crcEnd - Crc32C.Size, Crc32C.Size), crc);
    }

    private static void WritePosition(Offset offset, UnixMicros appended, PooledBuffer body)
    {
        Span<byte> span = body.GetSpan(2 * AvroWriter.MaxLongBytes);
        int length = AvroWriter.PutLong(span, offset.Value);
        length += AvroWriter.PutLong(span[length..], appended.Value);
        body.Advance(length);
    }

    private static void WriteFrame(int count, ReadOnlySpan<byte> stored, SyncMarker sync, IBufferWriter<byte> output)
    {
        output.WriteLong(count);
        output.WriteLong(stored.Length);
        output.Write(stored);
        sync.TryWriteBytes(output.GetSpan(SyncMarker.Size));
        output.Advance(SyncMarker.Size);
    }
}
