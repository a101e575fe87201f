namespace Headwater.Log.Compaction;

/// <summary>
/// Maps each key to the place of its newest event. Compares whole keys, so two keys with the same hash are two entries. A hash table with chained buckets in
/// flat arrays; the bytes of all keys are in one array.
/// </summary>
internal sealed class KeyTable
{
    private const int FirstCapacity = 1 << 10;

    private int[] _buckets = NewBuckets(FirstCapacity);

    private Entry[] _entries = new Entry[FirstCapacity];

    private byte[] _keys = new byte[FirstCapacity * 16];

    private int _keysUsed;

    public int Count { get; private set; }

    /// <summary>Memory used, in bytes.</summary>
    public long Bytes => (_buckets.Length * (long)sizeof(int)) + (_entries.Length * (long)Entry.Size) + _keys.Length;

    /// <summary>Sets a key's newest place.</summary>
    /// <returns>The key's previous place; null if the key is new.</returns>
    public EventPlace? Note(ulong hash, ReadOnlySpan<byte> key, EventPlace place)
    {
        int found = IndexOf(hash, key);
        if (found >= 0)
        {
            EventPlace before = _entries[found].Place;
            _entries[found].Place = place;
            return before;
        }

        Add(hash, key, place);
        return null;
    }

    public bool Contains(ulong hash, ReadOnlySpan<byte> key) => IndexOf(hash, key) >= 0;

    /// <summary>Removes the keys whose hash is <paramref name="from"/> or higher.</summary>
    public void Forget(ulong from)
    {
        (Entry[] entries, byte[] keys, int count) = (_entries, _keys, Count);
        Clear();
        for (int i = 0; i < count; i++)
        {
            if (entries[i].Hash < from)
            {
                Add(entries[i].Hash, keys.AsSpan(entries[i].KeyStart, entries[i].KeyLength), entries[i].Place);
            }
        }
    }

    public void Clear()
    {
        _buckets = NewBuckets(FirstCapacity);
        _entries = new Entry[FirstCapacity];
        _keys = new byte[FirstCapacity * 16];
        _keysUsed = 0;
        Count = 0;
    }

    public void WriteTo(BinaryWriter output)
    {
        output.Write(Count);
        foreach (Entry entry in _entries.AsSpan(0, Count))
        {
            output.Write(entry.Hash);
            output.Write(entry.Place.Input);
            output.Write(entry.Place.Ordinal);
            output.Write(entry.KeyLength);
            output.Write(_keys.AsSpan(entry.KeyStart, entry.KeyLength));
        }
    }

    /// <summary>Reads the bytes that <see cref="WriteTo"/> wrote. The caller must have verified their checksum.</summary>
    public static KeyTable Read(BinaryReader input)
    {
        var table = new KeyTable();
        int count = input.ReadInt32();
        for (int i = 0; i < count; i++)
        {
            ulong hash = input.ReadUInt64();
            var place = new EventPlace(input.ReadInt32(), input.ReadInt32());
            table.Add(hash, input.ReadBytes(input.ReadInt32()), place);
        }

        return table;
    }

    private int IndexOf(ulong hash, ReadOnlySpan<byte> key)
    {
        int at = _buckets[hash % (uint)_buckets.Length];
        while (at >= 0 && !(_entries[at].Hash == hash && key.SequenceEqual(_keys.AsSpan(_entries[at].KeyStart, _entries[at].KeyLength))))
        {
            at = _entries[at].Next;
        }

        return at;
    }

    private void Add(ulong hash, ReadOnlySpan<byte> key, EventPlace place)
    {
        if (Count == _entries.Length)
        {
            Grow();
        }

        if (_keys.Length - _keysUsed < key.Length)
        {
            Array.Resize(ref _keys, Math.Max(_keys.Length * 2, _keysUsed + key.Length));
        }

        key.CopyTo(_keys.AsSpan(_keysUsed));
        _entries[Count] = new Entry { Hash = hash, Place = place, KeyStart = _keysUsed, KeyLength = key.Length };
        _keysUsed += key.Length;
        Link(Count++);
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _buckets = NewBuckets(_entries.Length);
        for (int i = 0; i < Count; i++)
        {
            Link(i);
        }
    }

    private void Link(int index)
    {
        ref int bucket = ref _buckets[_entries[index].Hash % (uint)_buckets.Length];
        _entries[index].Next = bucket;
        bucket = index;
    }

    private static int[] NewBuckets(int capacity)
    {
        int[] buckets = new int[capacity];
        Array.Fill(buckets, -1);
        return buckets;
    }

    private struct Entry
    {
        public const int Size = 32;

        public ulong Hash;

        public EventPlace Place;

        public int KeyStart;

        public int KeyLength;

        public int Next;
    }
}

/// <summary>An event's place in a run.</summary>
/// <param name="Input">Index of the run's input.</param>
/// <param name="Ordinal">The event's number in the input, from 0. Only events in the input's offset range count.</param>
internal readonly record struct EventPlace(int Input, int Ordinal);
