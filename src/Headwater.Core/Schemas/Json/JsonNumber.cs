using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Headwater.Core.Schemas.Json;

/// <summary>Reads whole JSON numbers exactly. Reading them as double would lose digits beyond 2^53.</summary>
internal static class JsonNumber
{
    /// <summary>Reads a JSON number that is whole and fits 64 bits.</summary>
    /// <param name="value">Any JSON value.</param>
    /// <param name="naturalOnly">Whether to reject a number with a fraction of zeros or an exponent.</param>
    /// <param name="number">The number.</param>
    public static bool TryReadWhole(JsonElement value, bool naturalOnly, out long number)
    {
        number = 0;
        if (value.ValueKind != JsonValueKind.Number)
        {
            return false;
        }

        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(value);
        if (Utf8Parser.TryParse(raw, out number, out int consumed) && consumed == raw.Length)
        {
            return true;
        }

        return !naturalOnly && DecimalText.TryReadLong(raw, out number);
    }

    /// <summary>Reads the text of a JSON number that has neither a fraction nor an exponent and fits 64 bits.</summary>
    public static bool TryReadDigits(ReadOnlySpan<byte> number, out long value) =>
        Utf8Parser.TryParse(number, out value, out int consumed) && consumed == number.Length;

    /// <summary>Reads a JSON string whose content is a whole JSON number of at most 64 bits.</summary>
    public static bool TryReadDigits(JsonElement value, out long number)
    {
        number = 0;
        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        ReadOnlySpan<byte> text = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        return IsWhole(text) && Utf8Parser.TryParse(text, out number, out int consumed) && consumed == text.Length;
    }

    private static bool IsWhole(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> digits = text.StartsWith("-"u8) ? text[1..] : text;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits.Length == 1 || digits[0] != '0');
    }
}
