using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Headwater.Core.Schemas.Json;

/// <summary>Reads JSON numbers. Whole ones are not read as double, which would lose digits beyond 2^53.</summary>
internal static class JsonNumber
{
    /// <summary>A whole number of this many digits is exact as a double, and so is this power of ten.</summary>
    private const int MaxExactDigits = 15;

    private static readonly double[] PowersOfTen = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

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
        return TryReadDigits(raw, out number) || (!naturalOnly && DecimalText.TryReadLong(raw, out number));
    }

    /// <summary>Reads the text of a JSON number that has neither a fraction nor an exponent and fits 64 bits.</summary>
    public static bool TryReadDigits(ReadOnlySpan<byte> number, out long value) =>
        Utf8Parser.TryParse(number, out value, out int consumed) && consumed == number.Length;

    /// <summary>Reads the text of a JSON number as the nearest double.</summary>
    /// <returns>False if it is beyond the finite doubles.</returns>
    public static bool TryReadDouble(ReadOnlySpan<byte> number, out double value) =>
        TryReadShort(number, out value)
        || (Utf8Parser.TryParse(number, out value, out int consumed) && consumed == number.Length && double.IsFinite(value));

    /// <summary>
    /// Reads a number of at most 15 digits without an exponent. Its digits, and the power of ten that divides them, are exact as doubles, so the quotient
    /// is the nearest double (Clinger, "How to Read Floating Point Numbers Accurately", 1990).
    /// </summary>
    private static bool TryReadShort(ReadOnlySpan<byte> number, out double value)
    {
        value = 0;
        bool isNegative = number[0] == '-';
        if (number.Length > MaxExactDigits)
        {
            return false;
        }

        long digits = 0;
        int fraction = -1;
        for (int i = isNegative ? 1 : 0; i < number.Length; i++)
        {
            uint digit = number[i] - (uint)'0';
            if (digit <= 9)
            {
                digits = (digits * 10) + digit;
            }
            else if (number[i] == '.')
            {
                fraction = i;
            }
            else
            {
                return false;
            }
        }

        value = fraction < 0 ? digits : digits / PowersOfTen[number.Length - 1 - fraction];
        value = isNegative ? -value : value;
        return true;
    }

    /// <summary>Reads a JSON string whose content is a whole JSON number of at most 64 bits.</summary>
    public static bool TryReadDigits(JsonElement value, out long number)
    {
        number = 0;
        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        ReadOnlySpan<byte> text = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        return IsWhole(text) && TryReadDigits(text, out number);
    }

    private static bool IsWhole(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> digits = text.StartsWith("-"u8) ? text[1..] : text;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits.Length == 1 || digits[0] != '0');
    }
}
