using System.Collections.Frozen;
using System.Text;

namespace Headwater.Core.Schemas.Json;

/// <summary>Looks up the fields of a record, the symbols of an enum or the branches of a union by name as UTF-8. The names are ASCII.</summary>
internal sealed class NameTable
{
    private const int MaxStackName = 256;

    /// <summary>So many names are compared faster than hashed.</summary>
    private const int Few = 8;

    private readonly byte[][] _names;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _indexes;
    private readonly int _longest;

    public NameTable(IEnumerable<string> names)
    {
        string[] all = [.. names];
        _names = [.. all.Select(Encoding.ASCII.GetBytes)];
        _longest = all.Length == 0 ? 0 : all.Max(name => name.Length);
        _indexes = all.Select((name, index) => KeyValuePair.Create(name, index))
            .ToFrozenDictionary(StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <param name="utf8">The name.</param>
    /// <param name="guess">The index to compare first, because members are usually in the order of the fields.</param>
    /// <returns>The index, or -1.</returns>
    public int Find(ReadOnlySpan<byte> utf8, int guess = 0)
    {
        if (guess < _names.Length && utf8.SequenceEqual(_names[guess]))
        {
            return guess;
        }

        if (_names.Length <= Few)
        {
            return FindAmongFew(utf8);
        }

        if (utf8.Length > _longest || !Ascii.IsValid(utf8))
        {
            return -1;
        }

        Span<char> name = utf8.Length <= MaxStackName ? stackalloc char[utf8.Length] : new char[utf8.Length];
        Encoding.ASCII.GetChars(utf8, name);
        return _indexes.TryGetValue(name, out int index) ? index : -1;
    }

    private int FindAmongFew(ReadOnlySpan<byte> utf8)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (utf8.SequenceEqual(_names[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
