using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Headwater.Core.Avro;

/// <summary>
/// Reads Avro binary (specification 1.12, "Binary encoding") from a span. It checks every length before it reads, accepts only the
/// shortest form of a varint, and reports every error as <see cref="AvroFormatException"/>. Allocates nothing.
/// </summary>
/// <param name="data">The bytes to read, from the first.</param>
/// <param name="origin">The <see cref="Position"/> of the first byte.</param>
public ref struct AvroReader(ReadOnlySpan<byte> data, long origin = 0)
{
    /// <summary>The limit on array items that occupy no bytes (nulls, empty records), summed over all arrays of one reader.</summary>
    public const int MaxZeroSizeItems = 1 << 20;

    private readonly ReadOnlySpan<byte> _data = data;
    private readonly long _origin = origin;
    private int _index;
    private int _zeroSizeItems;

    /// <summary>The origin plus the number of bytes consumed.</summary>
    public readonly long Position => _origin + _index;

    /// <summary>The number of bytes consumed: the index of the next byte in the span.</summary>
    public readonly int Consumed => _index;

    /// <summary>The number of bytes not yet consumed.</summary>
    public readonly int Remaining => _data.Length - _index;

    /// <summary>The bytes not yet consumed.</summary>
    internal readonly ReadOnlySpan<byte> Rest => _data[_index..];

    /// <summary>Reads a zigzag varint of at most 64 bits.</summary>
    /// <exception cref="AvroFormatException">The number is truncated, longer than necessary, or exceeds 64 bits.</exception>
    public long ReadLong()
    {
        if (_index < _data.Length && _data[_index] < 0x80)
        {
            uint small = _data[_index++];
            return (long)(small >> 1) ^ -(long)(small & 1);
        }

        return ReadLongSlow();
    }

    /// <summary>Reads a zigzag varint of at most 32 bits.</summary>
    /// <exception cref="AvroFormatException">The number is truncated, longer than necessary, or exceeds 32 bits.</exception>
    public int ReadInt()
    {
        long start = Position;
        long value = ReadLong();
        return value == (int)value ? (int)value : throw new AvroFormatException($"{value} does not fit an int", start);
    }

    /// <summary>Reads one byte, 0 or 1.</summary>
    /// <exception cref="AvroFormatException">The byte is missing or has another value.</exception>
    public bool ReadBoolean()
    {
        byte value = Take(1)[0];
        return value <= 1 ? value == 1 : throw new AvroFormatException($"{value} is not a boolean", Position - 1);
    }

    /// <summary>Reads 4 little-endian bytes (IEEE 754).</summary>
    /// <exception cref="AvroFormatException">Fewer than 4 bytes remain.</exception>
    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    /// <summary>Reads 8 little-endian bytes (IEEE 754).</summary>
    /// <exception cref="AvroFormatException">Fewer than 8 bytes remain.</exception>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    /// <summary>Reads a length and that many bytes. The span points into the data.</summary>
    /// <exception cref="AvroFormatException">The length is negative or exceeds the remaining bytes.</exception>
    public ReadOnlySpan<byte> ReadBytes() => Take(ReadLength());

    /// <summary>Reads a string as UTF-8 and validates it. The span points into the data.</summary>
    /// <exception cref="AvroFormatException">The length is negative or exceeds the remaining bytes, or the string is not UTF-8.</exception>
    public ReadOnlySpan<byte> ReadUtf8()
    {
        int length = ReadLength();
        ReadOnlySpan<byte> text = Take(length);
        return Utf8.IsValid(text) ? text : throw new AvroFormatException("a string is not UTF-8", Position - length);
    }

    /// <summary>Reads the bytes of a fixed. The span points into the data.</summary>
    /// <param name="size">The size in the schema, in bytes; not negative.</param>
    /// <exception cref="AvroFormatException">Fewer bytes remain.</exception>
    public ReadOnlySpan<byte> ReadFixed(int size) => Take(size);

    /// <summary>Reads the index of a union's branch or of an enum's symbol.</summary>
    /// <param name="branches">The number of branches or symbols.</param>
    /// <returns>0 or more, and less than <paramref name="branches"/>.</returns>
    /// <exception cref="AvroFormatException">The index is out of range.</exception>
    public int ReadUnionIndex(int branches)
    {
        long start = Position;
        long index = ReadLong();
        return index >= 0 && index < branches
            ? (int)index
            : throw new AvroFormatException($"branch {index} of a union of {branches}", start);
    }

    /// <summary>
    /// Reads the head of the next block of an array or map; a count of 0 ends it. If the block states its size, the size is checked
    /// against the remaining bytes. The caller passes the block to <see cref="EndBlock"/> after its last item.
    /// </summary>
    /// <param name="minItemBytes">The minimum size of an item in bytes, which bounds the count by the remaining bytes.</param>
    /// <exception cref="AvroFormatException">The count or size is out of range, or too many items occupy no bytes.</exception>
    public AvroBlock ReadBlock(int minItemBytes)
    {
        long start = Position;
        long count = ReadLong();
        long end = AvroBlock.UnknownEnd;
        if (count < 0)
        {
            if (count == long.MinValue)
            {
                throw new AvroFormatException("a block count does not fit 64 bits", start);
            }

            count = -count;
            long size = ReadLong();
            if (size < 0)
            {
                throw new AvroFormatException("a block has a negative size", start);
            }

            if (size > Remaining)
            {
                throw new AvroFormatException($"a block of {size} bytes with {Remaining} left", start, isTruncated: true);
            }

            end = Position + size;
        }

        return new AvroBlock(BoundedCount(count, minItemBytes, start), end);
    }

    /// <summary>Checks that a block which states its size ends at the current position.</summary>
    /// <exception cref="AvroFormatException">The stated size is wrong.</exception>
    public readonly void EndBlock(AvroBlock block)
    {
        if (block.End != AvroBlock.UnknownEnd && block.End != Position)
        {
            throw new AvroFormatException($"by its stated size a block ends at byte {block.End}, but its items do not", Position);
        }
    }

    /// <summary>Skips a number and checks it as <see cref="ReadLong"/> does.</summary>
    /// <inheritdoc cref="ReadLong" path="/exception"/>
    public void SkipLong() => ReadLong();

    /// <summary>Skips a length and that many bytes. A string is not checked to be UTF-8.</summary>
    /// <inheritdoc cref="ReadBytes" path="/exception"/>
    public void SkipBytes() => Take(ReadLength());

    /// <summary>Skips a number of bytes.</summary>
    /// <param name="size">Not negative.</param>
    /// <exception cref="AvroFormatException">Fewer bytes remain.</exception>
    public void Skip(int size) => Take(size);

    /// <summary>Skips a byte that is zero: an empty array or map.</summary>
    /// <returns>False if the next byte is another, or there is none; nothing is skipped.</returns>
    internal bool TrySkipZero()
    {
        bool isZero = _index < _data.Length && _data[_index] == 0;
        _index += isZero ? 1 : 0;
        return isZero;
    }

    private int ReadLength()
    {
        long start = Position;
        long length = ReadLong();
        if (length < 0)
        {
            throw new AvroFormatException("a length is negative", start);
        }

        if (length > Remaining)
        {
            throw new AvroFormatException($"a length of {length} with {Remaining} bytes left", start, isTruncated: true);
        }

        return (int)length;
    }

    private ReadOnlySpan<byte> Take(int size)
    {
        if ((uint)size > (uint)Remaining)
        {
            ThrowEnd(size);
        }

        ReadOnlySpan<byte> taken = _data.Slice(_index, size);
        _index += size;
        return taken;
    }

    private int BoundedCount(long count, int minItemBytes, long start)
    {
        if (minItemBytes > 0)
        {
            if (count > Remaining / minItemBytes)
            {
                throw new AvroFormatException($"a block of {count} items with {Remaining} bytes left", start, isTruncated: true);
            }

            return (int)count;
        }

        if (count > MaxZeroSizeItems - _zeroSizeItems)
        {
            throw new AvroFormatException($"more than {MaxZeroSizeItems} items without bytes", start);
        }

        _zeroSizeItems += (int)count;
        return (int)count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ReadLongSlow()
    {
        if (Remaining >= sizeof(ulong))
        {
            ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(_data[_index..]);
            ulong ends = ~bytes & 0x8080808080808080;
            if (ends != 0)
            {
                int unused = sizeof(ulong) - 1 - (BitOperations.TrailingZeroCount(ends) >> 3);
                bytes = bytes << (8 * unused) >> (8 * unused);
                if (bytes >> (8 * (sizeof(ulong) - 1 - unused)) != 0)
                {
                    _index += sizeof(ulong) - unused;
                    ulong zigzag = WithoutHighBits(bytes);
                    return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
                }
            }
        }

        return ReadLongByteByByte();
    }

    /// <summary>Joins the low seven bits of each byte: pairs, then pairs of pairs, then the halves.</summary>
    private static ulong WithoutHighBits(ulong bytes)
    {
        bytes = ((bytes & 0x7f007f007f007f00) >> 1) | (bytes & 0x007f007f007f007f);
        bytes = ((bytes & 0x3fff00003fff0000) >> 2) | (bytes & 0x00003fff00003fff);
        return ((bytes & 0x0fffffff00000000) >> 4) | (bytes & 0x000000000fffffff);
    }

    private long ReadLongByteByByte()
    {
        long start = Position;
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_index == _data.Length)
            {
                throw new AvroFormatException("the data ends inside a number", start, isTruncated: true);
            }

            byte next = _data[_index++];
            if (shift == 63 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                if (next == 0 && shift > 0)
                {
                    throw new AvroFormatException("a number is encoded in more bytes than it needs", start);
                }

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
