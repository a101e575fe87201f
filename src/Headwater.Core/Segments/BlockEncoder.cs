using System.Buffers;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// Writes one container block: count, size, compressed events, sync marker. The first event contains the batch record. The record's
/// checksum is the CRC-32C of the uncompressed events with the checksum's bytes zero, stored little-endian.
/// </summary>
public static class BlockEncoder
{
    /// <summary>The largest uncompressed size of a block, in bytes. Readers reject a larger block.</summary>
    public const int MaxUncompressedBytes = 32 * 1024 * 1024;

    /// <summary>Writes a batch as one block.</summary>
    /// <param name="events">The events, at least 1.</param>
    /// <param name="batch">The batch record, with the number of events.</param>
    /// <param name="baseOffset">The offset of the first event; the other events follow without gaps.</param>
    /// <param name="appended">The append time of every event.</param>
    /// <param name="codec">The segment's codec.</param>
    /// <param name="sync">The segment's sync marker.</param>
    /// <param name="output">Receives the block.</param>
    /// <exception cref="ArgumentException">
    /// The batch is empty, its size differs from <see cref="BatchRecord.Count"/>, or the block would exceed <see cref="MaxUncompressedBytes"/>.
    /// </exception>
    public static void Write(
        EventBatch events, BatchRecord batch, Offset baseOffset, UnixMicros appended, BlockCodec codec, SyncMarker sync, IBufferWriter<byte> output)
    {
        if (events.Count == 0 || events.Count != batch.Count)
        {
            throw new ArgumentException(
                $"The batch record counts {batch.Count} events, the batch has {events.Count}; both must be equal and at least 1.", nameof(batch));
        }

        long capacity = events.Bytes + (2L * AvroWriter.MaxLongBytes * events.Count) + (batch.Producer?.Length * 3L ?? 0) + 128;
        if (capacity > MaxUncompressedBytes)
        {
            throw new ArgumentException($"{events.Bytes} bytes of events exceed the limit of a block, {MaxUncompressedBytes} bytes.", nameof(events));
        }

        using var body = new PooledBuffer((int)capacity);
        WriteEvents(events, batch, baseOffset, appended, body);
        WriteBlock(events.Count, body.Written, codec, sync, output);
    }

    /// <summary>Compresses and frames the events of a block, which already contain the checksum.</summary>
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
