using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Headwater.Core.Avro;

/// <summary>
/// Reads Avro binary (specification 1.12, "Binary encoding") from a span and trusts nothing: bounds come first, a varint has
/// one spelling, and everything wrong ends in <see cref="AvroFormatException"/>. Allocates nothing.
/// </summary>
/// <param name="data">The bytes; reading starts at the first.</param>
/// <param name="origin">What <see cref="Position"/> counts from.</param>
public ref struct AvroReader(ReadOnlySpan<byte> data, long origin = 0)
{
    /// <summary>How many items without bytes (nulls, empty records) one reader lets arrays announce in all.</summary>
    public const int MaxZeroSizeItems = 1 << 20;

    private readonly ReadOnlySpan<byte> _data = data;
    private readonly long _origin = origin;
    private int _index;
    private int _zeroSizeItems;

    /// <summary>The origin plus the number of bytes read.</summary>
    public readonly long Position => _origin + _index;

    /// <summary>Bytes read so far: an index into the span given.</summary>
    public readonly int Consumed => _index;

    public readonly int Remaining => _data.Length - _index;

    public long ReadLong()
    {
        if (_index < _data.Length && _data[_index] < 0x80)
        {
            uint small = _data[_index++];
            return (long)(small >> 1) ^ -(long)(small & 1);
        }

        return ReadLongSlow();
    }

    public int ReadInt()
    {
        long start = Position;
        long value = ReadLong();
        return value == (int)value ? (int)value : throw new AvroFormatException($"{value} does not fit an int", start);
    }

    public bool ReadBoolean()
    {
        byte value = Take(1)[0];
        return value <= 1 ? value == 1 : throw new AvroFormatException($"{value} is not a boolean", Position - 1);
    }

    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public ReadOnlySpan<byte> ReadBytes() => Take(ReadLength());

    /// <summary>A string's bytes, checked to be UTF-8.</summary>
    public ReadOnlySpan<byte> ReadUtf8()
    {
        int length = ReadLength();
        ReadOnlySpan<byte> text = Take(length);
        return Utf8.IsValid(text) ? text : throw new AvroFormatException("a string is not UTF-8", Position - length);
    }

    /// <param name="size">The size the schema gives; not negative.</param>
    public ReadOnlySpan<byte> ReadFixed(int size) => Take(size);

    /// <summary>The index of a union's branch, or of an enum's symbol: at least 0 and less than <paramref name="branches"/>.</summary>
    public int ReadUnionIndex(int branches)
    {
        long start = Position;
        long index = ReadLong();
        return index >= 0 && index < branches
            ? (int)index
            : throw new AvroFormatException($"branch {index} of a union of {branches}", start);
    }

    /// <summary>
    /// The number of items in the next block of an array or map; 0 ends it. A block that says its size in bytes is checked to
    /// fit; <see cref="AvroBlock.End"/> is where it says it ends, which the caller checks with <see cref="EndBlock"/>.
    /// </summary>
    /// <param name="minItemBytes">The least bytes an item of the schema takes: bounds the count by what is left.</param>
    public AvroBlock ReadBlock(int minItemBytes)
    {
        long start = Position;
        long count = ReadLong();
        long end = AvroBlock.UnknownEnd;
        if (count < 0)
        {
            if (count == long.MinValue)
                throw new AvroFormatException("a block count does not fit", start);
            count = -count;
            long size = ReadLong();
            if (size < 0)
                throw new AvroFormatException("a block has a negative size", start);
            if (size > Remaining)
                throw new AvroFormatException($"a block of {size} bytes with {Remaining} left", start, isTruncated: true);
            end = Position + size;
        }

        return new AvroBlock(BoundedCount(count, minItemBytes, start), end);
    }

    /// <summary>Checks that a block which said its size ended there.</summary>
    public readonly void EndBlock(AvroBlock block)
    {
        if (block.End != AvroBlock.UnknownEnd && block.End != Position)
            throw new AvroFormatException($"a block says it ends at byte {block.End}", Position);
    }

    public void SkipLong() => ReadLong();

    /// <summary>Skips bytes; a string too, unchecked.</summary>
    public void SkipBytes() => Take(ReadLength());

    public void Skip(int size) => Take(size);

    private int ReadLength()
    {
        long start = Position;
        long length = ReadLong();
        if (length < 0)
            throw new AvroFormatException("a length is negative", start);
        if (length > Remaining)
            throw new AvroFormatException($"a length of {length} with {Remaining} bytes left", start, isTruncated: true);
        return (int)length;
    }

    private ReadOnlySpan<byte> Take(int size)
    {
        if ((uint)size > (uint)Remaining)
            ThrowEnd(size);
        ReadOnlySpan<byte> taken = _data.Slice(_index, size);
        _index += size;
        return taken;
    }

    private int BoundedCount(long count, int minItemBytes, long start)
    {
        if (minItemBytes > 0)
        {
            if (count > Remaining / minItemBytes)
                throw new AvroFormatException($"a block of {count} items with {Remaining} bytes left", start, isTruncated: true);
            return (int)count;
        }

        if (count > MaxZeroSizeItems - _zeroSizeItems)
            throw new AvroFormatException($"more than {MaxZeroSizeItems} items without bytes", start);
        _zeroSizeItems += (int)count;
        return (int)count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ReadLongSlow()
    {
        long start = Position;
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_index == _data.Length)
                throw new AvroFormatException("the data ends inside a number", start, isTruncated: true);
            byte next = _data[_index++];
            if (shift == 63 && next > 1)
                break;
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                if (next == 0 && shift > 0)
                    throw new AvroFormatException("a number is written longer than it needs", start);
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw new AvroFormatException("a number does not fit 64 bits", start);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void ThrowEnd(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        throw new AvroFormatException($"{size} bytes expected, {Remaining} left", Position, isTruncated: true);
    }
}
