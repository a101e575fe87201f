using System.Buffers.Binary;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>Reads one container block and proves it whole: size bounds, sync marker, inflation bound, checksum, count.</summary>
public static class BlockDecoder
{
    /// <summary>What the worst data grows to under a codec, generously.</summary>
    private const int MaxStoredBytes = BlockEncoder.MaxUncompressedBytes + (BlockEncoder.MaxUncompressedBytes / 128);

    private const int MaxCount = BlockEncoder.MaxUncompressedBytes / EventLayout.MinEventBytes;

    /// <summary>Reads the outside of the block that begins the data, without inflating it.</summary>
    /// <param name="position">Where in the blob the data begins.</param>
    /// <returns>False when the data ends inside the block: nothing is known to be wrong, more is needed.</returns>
    /// <exception cref="SegmentFormatException">The numbers or the sync marker are wrong.</exception>
    public static bool TryReadFrame(ReadOnlySpan<byte> data, long position, SyncMarker sync, out BlockFrame frame)
    {
        frame = default;
        if (!TryReadNumbers(data, position, out int count, out int size, out int start))
            return false;
        if (data.Length - start < (long)size + SyncMarker.Size)
            return false;
        if (SyncMarker.FromBytes(data[(start + size)..]) != sync)
            throw new SegmentFormatException("a block does not end in its segment's sync marker", position + start + size);
        frame = new BlockFrame(count, start, size);
        return true;
    }

    /// <summary>Reads the block that begins the data.</summary>
    /// <param name="position">Where in the blob the data begins.</param>
    /// <param name="into">Holds the block afterwards; empty after an exception or a false.</param>
    /// <returns>False when the data ends inside the block: nothing is known to be wrong, more is needed.</returns>
    /// <exception cref="SegmentFormatException">The block is corrupt.</exception>
    public static bool TryRead(ReadOnlySpan<byte> data, long position, BlockCodec codec, SyncMarker sync, DecodedBlock into)
    {
        PooledBuffer buffer = into.Reset();
        if (!TryReadFrame(data, position, sync, out BlockFrame frame))
            return false;
        bool proved = false;
        try
        {
            ReadOnlySpan<byte> stored = data.Slice(frame.DataStart, frame.DataSize);
            BlockCompression.Decompress(stored, codec, BlockEncoder.MaxUncompressedBytes, position, buffer);
            into.Accept(position, frame, ReadHead(buffer.Written, frame, position));
            proved = true;
        }
        catch (AvroFormatException e)
        {
            throw new SegmentFormatException("the first event of a block is not one", position, e);
        }
        finally
        {
            if (!proved)
                into.Reset();
        }

        return true;
    }

    private static bool TryReadNumbers(ReadOnlySpan<byte> data, long position, out int count, out int size, out int start)
    {
        count = size = start = 0;
        if (data.IsEmpty)
            return false;
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
            throw new SegmentFormatException("a block begins with an event that carries no batch record", position);
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
            throw new SegmentFormatException("a block's checksum does not match", position);
    }
}
