namespace Headwater.Log.Compaction;

/// <summary>Which of a segment's events go: one bit each, by their number in the segment.</summary>
internal sealed class RemovalBitmap
{
    private ulong[] _words = [];

    /// <summary>Events marked.</summary>
    public int Count { get; private set; }

    public bool this[int ordinal] => ordinal >> 6 is var word && word < _words.Length && (_words[word] & (1UL << ordinal)) != 0;

    /// <summary>Marking twice changes nothing.</summary>
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

    /// <summary>Reads what <see cref="WriteTo"/> wrote; the caller has proved the bytes.</summary>
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
