using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// The request keys of the active segment, to which keys are added: a hash table of the first 4 bytes of a key and the position of its block. 8 bytes per slot
/// and a load of 3/8 to 3/4, so 11 to 21 bytes per key. Not thread-safe.
/// </summary>
internal sealed class KeyTable
{
    private const int FirstSlots = 16;

    /// <summary>Position 0 marks a free slot: a segment begins with its header.</summary>
    private uint[] _positions = [];

    private uint[] _prefixes = [];

    public int Count { get; private set; }

    public int Bytes => _positions.Length * 2 * sizeof(uint);

    public void Clear()
    {
        _positions = [];
        _prefixes = [];
        Count = 0;
    }

    public void Restore(KeyIndex keys)
    {
        Clear();
        foreach ((uint prefix, uint position) in keys.Entries())
        {
            Add(prefix, position);
        }
    }

    public void Add(RequestKey key, long position) => Add(KeyIndex.PrefixOf(key), checked((uint)position));

    /// <summary>Adds the positions of the blocks that may have the key, in no order.</summary>
    public void Find(RequestKey key, List<uint> into)
    {
        if (Count == 0)
        {
            return;
        }

        uint prefix = KeyIndex.PrefixOf(key);
        for (int slot = FirstSlot(prefix); _positions[slot] != 0; slot = Next(slot))
        {
            if (_prefixes[slot] == prefix)
            {
                into.Add(_positions[slot]);
            }
        }
    }

    public KeyIndex ToIndex()
    {
        var entries = new List<(uint, uint)>(Count);
        for (int slot = 0; slot < _positions.Length; slot++)
        {
            if (_positions[slot] != 0)
            {
                entries.Add((_prefixes[slot], _positions[slot]));
            }
        }

        return KeyIndex.Of(entries);
    }

    private void Add(uint prefix, uint position)
    {
        if (4 * (Count + 1) > 3 * _positions.Length)
        {
            Grow();
        }

        Put(prefix, position);
        Count++;
    }

    private void Put(uint prefix, uint position)
    {
        int slot = FirstSlot(prefix);
        while (_positions[slot] != 0)
        {
            slot = Next(slot);
        }

        _prefixes[slot] = prefix;
        _positions[slot] = position;
    }

    private void Grow()
    {
        (uint[] prefixes, uint[] positions) = (_prefixes, _positions);
        int slots = Math.Max(FirstSlots, 2 * positions.Length);
        _prefixes = new uint[slots];
        _positions = new uint[slots];
        for (int i = 0; i < positions.Length; i++)
        {
            if (positions[i] != 0)
            {
                Put(prefixes[i], positions[i]);
            }
        }
    }

    /// <summary>The table has a power of two of slots, and a prefix is as random as a hash.</summary>
    private int FirstSlot(uint prefix) => (int)(prefix & (uint)(_positions.Length - 1));

    private int Next(int slot) => (slot + 1) & (_positions.Length - 1);
}
