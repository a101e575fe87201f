namespace Headwater.Log.Compaction;

/// <summary>The events of a segment that a run removes: one bit per event, by the event's number in the segment.</summary>
internal sealed class RemovalBitmap
{
    private ulong[] _words = [];

    /// <summary>Number of events marked.</summary>
    public int Count { get; private set; }

    public bool this[int ordinal] => ordinal >> 6 is var word && word < _words.Length && (_words[word] & (1UL << ordinal)) != 0;

    /// <summary>Marks an event for removal. Idempotent.</summary>
    public void Mark(int ordinal)
    {
        int word = ordinal >> 6;
        if (word >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        }

        ulong bit = 1UL << ordinal;
        Count += (_words[word] & bit) == 0 ? 1 : 0;
        _words[word] |= bit;
    }

    public void WriteTo(BinaryWriter output)
    {
        output.Write(Count);
        output.Write(_words.Length);
        foreach (ulong word in _words)
        {
            output.Write(word);
        }
    }

    /// <summary>Reads the bytes that <see cref="WriteTo"/> wrote. The caller must have verified their checksum.</summary>
    public static RemovalBitmap Read(BinaryReader input)
    {
        var marks = new RemovalBitmap { Count = input.ReadInt32() };
        marks._words = new ulong[input.ReadInt32()];
        for (int i = 0; i < marks._words.Length; i++)
        {
            marks._words[i] = input.ReadUInt64();
        }

        return marks;
    }
}
