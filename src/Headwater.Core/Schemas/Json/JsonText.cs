using System.Text;
using System.Text.Unicode;

namespace Headwater.Core.Schemas.Json;

/// <summary>
/// The text between the quotes of a JSON string, as UTF-8. System.Text.Json guarantees neither valid UTF-8 nor paired surrogates in the
/// strings of a parsed document, so both are checked here. It does guarantee well-formed escapes.
/// </summary>
internal static class JsonText
{
    public static bool HasEscapes(ReadOnlySpan<byte> raw) => raw.Contains((byte)'\\');

    /// <summary>Whether every string of a JSON text is valid Unicode. The caller has parsed the text.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        for (int at = json.IndexOf((byte)'\\'); at >= 0;)
        {
            if (!TryReadEscape(json[at..], out _, out int length))
            {
                return false;
            }

            int next = json[(at + length)..].IndexOf((byte)'\\');
            at = next < 0 ? -1 : at + length + next;
        }

        return true;
    }

    /// <summary>Replaces the escapes.</summary>
    /// <param name="raw">The text between the quotes.</param>
    /// <param name="into">At least as long as <paramref name="raw"/>, because no escape is shorter than its character.</param>
    /// <param name="written">The length of the text.</param>
    /// <returns>False if the text is not valid UTF-8 or contains an unpaired surrogate.</returns>
    public static bool TryUnescape(ReadOnlySpan<byte> raw, Span<byte> into, out int written)
    {
        written = 0;
        while (!raw.IsEmpty)
        {
            int escape = raw.IndexOf((byte)'\\');
            ReadOnlySpan<byte> plain = escape < 0 ? raw : raw[..escape];
            if (!Utf8.IsValid(plain))
            {
                return false;
            }

            plain.CopyTo(into[written..]);
            written += plain.Length;
            raw = raw[plain.Length..];
            if (raw.IsEmpty)
            {
                break;
            }

            if (!TryReadEscape(raw, out Rune rune, out int length))
            {
                return false;
            }

            written += rune.EncodeToUtf8(into[written..]);
            raw = raw[length..];
        }

        return true;
    }

    private static bool TryReadEscape(ReadOnlySpan<byte> raw, out Rune rune, out int length)
    {
        length = 2;
        if (raw[1] == 'u')
        {
            return TryReadUnicode(raw, out rune, out length);
        }

        rune = (char)raw[1] switch
        {
            'b' => new Rune('\b'),
            'f' => new Rune('\f'),
            'n' => new Rune('\n'),
            'r' => new Rune('\r'),
            't' => new Rune('\t'),
            char itself => new Rune(itself),
        };
        return true;
    }

    private static bool TryReadUnicode(ReadOnlySpan<byte> raw, out Rune rune, out int length)
    {
        const int Escape = 6;
        char first = Unit(raw);
        length = Escape;
        if (Rune.TryCreate(first, out rune))
        {
            return true;
        }

        if (raw.Length < 2 * Escape || raw[Escape] != '\\' || raw[Escape + 1] != 'u')
        {
            return false;
        }

        length = 2 * Escape;
        return Rune.TryCreate(first, Unit(raw[Escape..]), out rune);
    }

    private static char Unit(ReadOnlySpan<byte> escape)
    {
        int unit = 0;
        foreach (byte digit in escape.Slice(2, 4))
        {
            unit = (unit << 4) | HexValue(digit);
        }

        return (char)unit;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
