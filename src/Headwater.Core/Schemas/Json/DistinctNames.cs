using System.Buffers;

namespace Headwater.Core.Schemas.Json;

/// <summary>Detects duplicate keys of a map with a hash table in pooled memory. A map with one key needs no memory.</summary>
internal struct DistinctNames : IDisposable
{
    private const int AtFirst = 16;

    private byte[]? _bytes;
    private int[]? _ends;
    private int[]? _hashes;
    private int[]? _table;
    private int _mask;
    private int _count;

    /// <returns>False if the name was added before.</returns>
    public bool Add(ReadOnlySpan<byte> name)
    {
        EnsureSpace(name.Length);
        int hash = Hash(name);
        int slot = hash & _mask;
        for (; _table![slot] != 0; slot = (slot + 1) & _mask)
        {
            int known = _table[slot] - 1;
            if (_hashes![known] == hash && NameAt(known).SequenceEqual(name))
            {
                return false;
            }
        }

        int start = Start(_count);
        name.CopyTo(_bytes.AsSpan(start));
        _ends![_count] = start + name.Length;
        _hashes![_count] = hash;
        _table[slot] = ++_count;
        return true;
    }

    public void Dispose()
    {
        if (_table is null)
        {
            return;
        }

        ArrayPool<byte>.Shared.Return(_bytes!);
        ArrayPool<int>.Shared.Return(_ends!);
        ArrayPool<int>.Shared.Return(_hashes!);
        ArrayPool<int>.Shared.Return(_table);
        _table = null;
    }

    private static int Hash(ReadOnlySpan<byte> name)
    {
        HashCode hash = default;
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    private static T[] Larger<T>(T[]? old, int used, int needed)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(AtFirst, needed));
        if (old is not null)
        {
            old.AsSpan(0, used).CopyTo(larger);
            ArrayPool<T>.Shared.Return(old);
        }

        return larger;
    }

    private readonly int Start(int index) => index == 0 ? 0 : _ends![index - 1];

    private readonly ReadOnlySpan<byte> NameAt(int index) => _bytes.AsSpan(Start(index), _ends![index] - Start(index));

    private void EnsureSpace(int nameLength)
    {
        int used = Start(_count);
        if (_bytes is null || _bytes.Length - used < nameLength)
        {
            _bytes = Larger(_bytes, used, 2 * (used + nameLength));
        }

        if (_ends is null || _ends.Length == _count)
        {
            _ends = Larger(_ends, _count, 2 * _count);
        }

        if (_hashes is null || _hashes.Length == _count)
        {
            _hashes = Larger(_hashes, _count, 2 * _count);
        }

        if (_table is null || 2 * _count >= _mask)
        {
            Rehash();
        }
    }

    private void Rehash()
    {
        int size = Math.Max(2 * AtFirst, 2 * (_mask + 1));
        if (_table is not null)
        {
            ArrayPool<int>.Shared.Return(_table);
        }

        _table = ArrayPool<int>.Shared.Rent(size);
        _table.AsSpan(0, size).Clear();
        _mask = size - 1;
        for (int known = 0; known < _count; known++)
        {
            int slot = _hashes![known] & _mask;
            while (_table[slot] != 0)
            {
                slot = (slot + 1) & _mask;
            }

            _table[slot] = known + 1;
        }
    }
}
