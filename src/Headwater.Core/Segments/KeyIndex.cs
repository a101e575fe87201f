using System.Buffers;
using System.Buffers.Binary;
using Headwater.Core.Avro;

namespace Headwater.Core.Segments;

/// <summary>
/// Where the keyed batches of one segment are: for each batch, the first 4 bytes of its request key and the position of its block. 8 bytes per key in memory
/// and in storage. A key that is not in the segment is found with a probability of count / 2^32; the block at the position decides. A cache: the segment
/// contains the same information. Immutable.
/// </summary>
public sealed class KeyIndex
{
    /// <summary>The largest number of entries.</summary>
    public const int MaxCount = 1 << 22;

    /// <summary>The largest position of a block: 4 GiB less one byte.</summary>
    public const long MaxPosition = uint.MaxValue;

    internal const int EntrySize = 2 * sizeof(uint);

    private readonly uint[] _prefixes;

    private readonly uint[] _positions;

    private KeyIndex(uint[] prefixes, uint[] positions)
    {
        _prefixes = prefixes;
        _positions = positions;
    }

    /// <summary>An index without entries.</summary>
    public static KeyIndex Empty { get; } = new([], []);

    /// <summary>The number of entries.</summary>
    public int Count => _prefixes.Length;

    /// <summary>The size of the entries, in memory and in storage.</summary>
    public int Bytes => Count * EntrySize;

    /// <summary>The index of these entries.</summary>
    /// <param name="entries">Prefix and position of each keyed batch, in any order.</param>
    public static KeyIndex Of(ICollection<(uint Prefix, uint Position)> entries)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entries.Count, MaxCount);
        ulong[] sorted = [.. entries.Select(e => ((ulong)e.Prefix << 32) | e.Position)];
        Array.Sort(sorted);
        return new KeyIndex([.. sorted.Select(e => (uint)(e >> 32))], [.. sorted.Select(e => (uint)e)]);
    }

    /// <summary>The part of a key that the index keeps.</summary>
    public static uint PrefixOf(RequestKey key) => (uint)(key.Value >> 96);

    /// <summary>The entries, ascending by prefix and position.</summary>
    public IEnumerable<(uint Prefix, uint Position)> Entries() => _prefixes.Zip(_positions);

    /// <summary>The positions of the blocks that may have the key, ascending.</summary>
    public ReadOnlySpan<uint> Find(RequestKey key)
    {
        uint prefix = PrefixOf(key);
        int start = LowerBound(prefix);
        int end = start;
        while (end < _prefixes.Length && _prefixes[end] == prefix)
        {
            end++;
        }

        return _positions.AsSpan(start, end - start);
    }

    internal void WriteEntries(IBufferWriter<byte> output)
    {
        output.WriteLong(Count);
        Span<byte> bytes = output.GetSpan(Count * EntrySize);
        for (int i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i * EntrySize)..], _prefixes[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[((i * EntrySize) + sizeof(uint))..], _positions[i]);
        }

        output.Advance(Count * EntrySize);
    }

    /// <exception cref="AvroFormatException">The entries do not ascend, or are too many.</exception>
    internal static KeyIndex ReadEntries(ref AvroReader reader)
    {
        long start = reader.Position;
        long count = reader.ReadLong();
        if (count < 0 || count > MaxCount || count > reader.Remaining / EntrySize)
        {
            throw new AvroFormatException($"{count} request keys in {reader.Remaining} bytes", start);
        }

        var prefixes = new uint[count];
        var positions = new uint[count];
        ReadOnlySpan<byte> bytes = reader.ReadFixed((int)count * EntrySize);
        for (int i = 0; i < count; i++)
        {
            prefixes[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * EntrySize)..]);
            positions[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[((i * EntrySize) + sizeof(uint))..]);
            if (i > 0 && (prefixes[i] < prefixes[i - 1] || (prefixes[i] == prefixes[i - 1] && positions[i] < positions[i - 1])))
            {
                throw new AvroFormatException("a request key does not come after the one before it", start);
            }
        }

        return new KeyIndex(prefixes, positions);
    }

    private int LowerBound(uint prefix)
    {
        int low = 0;
        int high = _prefixes.Length;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            (low, high) = _prefixes[middle] < prefix ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
