using System.Buffers.Binary;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>Reads one container block and verifies its size limits, sync marker, decompressed size, checksum and event count.</summary>
public static class BlockDecoder
{
    /// <summary>The limit plus 1/128 of it, because incompressible data grows when compressed.</summary>
    private const int MaxStoredBytes = BlockEncoder.MaxUncompressedBytes + (BlockEncoder.MaxUncompressedBytes / 128);

    private const int MaxCount = BlockEncoder.MaxUncompressedBytes / EventLayout.MinEventBytes;

    /// <summary>Reads the frame of the block at the start of the data: its two numbers and its sync marker. Decompresses nothing.</summary>
    /// <param name="data">The bytes of the segment from a block on.</param>
    /// <param name="position">The position of the data in the blob.</param>
    /// <param name="sync">The segment's sync marker.</param>
    /// <param name="frame">The frame; default if the result is false.</param>
    /// <returns>False if the data ends inside the block: the bytes so far are valid, and more are needed.</returns>
    /// <exception cref="SegmentFormatException">A number is out of range, or the sync marker is wrong.</exception>
    public static bool TryReadFrame(ReadOnlySpan<byte> data, long position, SyncMarker sync, out BlockFrame frame)
    {
        frame = default;
        if (!TryReadNumbers(data, position, out int count, out int size, out int start))
        {
            return false;
        }

        if (data.Length - start < (long)size + SyncMarker.Size)
        {
            return false;
        }

        if (SyncMarker.FromBytes(data[(start + size)..]) != sync)
        {
            throw new SegmentFormatException("a block does not end in its segment's sync marker", position + start + size);
        }

        frame = new BlockFrame(count, start, size);
        return true;
    }

    /// <summary>
    /// Reads, decompresses and verifies the block at the start of the data. Values are checked only by
    /// <see cref="DecodedBlock.GetEvents(Schemas.ValueSchema)"/>.
    /// </summary>
    /// <param name="data">The bytes of the segment from a block on.</param>
    /// <param name="position">The position of the data in the blob.</param>
    /// <param name="codec">The segment's codec.</param>
    /// <param name="sync">The segment's sync marker.</param>
    /// <param name="into">Receives the block; empty after an exception or if the result is false.</param>
    /// <returns>False if the data ends inside the block: the bytes so far are valid, and more are needed.</returns>
    /// <exception cref="SegmentFormatException">The block is corrupt.</exception>
    public static bool TryRead(ReadOnlySpan<byte> data, long position, BlockCodec codec, SyncMarker sync, DecodedBlock into)
    {
        PooledBuffer buffer = into.Reset();
        if (!TryReadFrame(data, position, sync, out BlockFrame frame))
        {
            return false;
        }

        bool verified = false;
        try
        {
            ReadOnlySpan<byte> stored = data.Slice(frame.DataStart, frame.DataSize);
            BlockCompression.Decompress(stored, codec, BlockEncoder.MaxUncompressedBytes, position, buffer);
            into.Accept(position, frame, ReadHead(buffer.Written, frame, position));
            verified = true;
        }
        catch (AvroFormatException e)
        {
            throw new SegmentFormatException("the first event of a block is malformed", position, e);
        }
        finally
        {
            if (!verified)
            {
                into.Reset();
            }
        }

        return true;
    }

    private static bool TryReadNumbers(ReadOnlySpan<byte> data, long position, out int count, out int size, out int start)
    {
        count = size = start = 0;
        if (data.IsEmpty)
        {
            return false;
        }

        var reader = new AvroReader(data, position);
        try
        {
            count = Bounded(reader.ReadLong(), 1, MaxCount, "the number of events in a block", position);
            size = Bounded(reader.ReadLong(), 1, MaxStoredBytes, "the size of a block", position);
        }
        catch (AvroFormatException e)
        {
            return e.IsTruncated ? false : throw new SegmentFormatException("a block does not begin with two numbers", position, e);
        }

        start = reader.Consumed;
        return true;
    }

    private static int Bounded(long value, int least, int most, string what, long position) =>
        value >= least && value <= most
            ? (int)value
            : throw new SegmentFormatException($"{value} as {what} is not between {least} and {most}", position);

    private static BlockHead ReadHead(ReadOnlySpan<byte> data, BlockFrame frame, long position)
    {
        var reader = new AvroReader(data);
        Offset offset = reader.ReadOffset();
        UnixMicros appended = reader.ReadMicros();
        EventFields.SkipToBatch(ref reader);
        if (reader.ReadUnionIndex(EventLayout.OptionalBranches) == EventLayout.NullBranch)
        {
            throw new SegmentFormatException("a block begins with an event that carries no batch record", position);
        }

        BatchRecord batch = BatchRecordCodec.Read(ref reader);
        CheckCrc(data, reader.Consumed - Crc32C.Size, position);
        return batch.Count == frame.Count
            ? new BlockHead(batch, offset, appended)
            : throw new SegmentFormatException($"a block of {frame.Count} events carries a batch of {batch.Count}", position);
    }

    private static void CheckCrc(ReadOnlySpan<byte> data, int crcStart, long position)
    {
        ReadOnlySpan<byte> zero = [0, 0, 0, 0];
        uint state = Crc32C.Append(Crc32C.Start, data[..crcStart]);
        state = Crc32C.Append(state, zero);
        state = Crc32C.Append(state, data[(crcStart + Crc32C.Size)..]);
        if (Crc32C.Finish(state) != BinaryPrimitives.ReadUInt32LittleEndian(data[crcStart..]))
        {
            throw new SegmentFormatException("a block's checksum does not match", position);
        }
    }
}
