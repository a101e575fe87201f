using System.Globalization;

namespace Headwater.Core.Schemas.Json;

/// <summary>A JSON number (RFC 8259 section 6) split into digits and exponent without rounding.</summary>
internal readonly ref struct DecimalText
{
    // Above every precision, and low enough that adding a number of digits cannot overflow.
    private const int MaxExponent = 1_000_000;

    private readonly ReadOnlySpan<byte> _significant;

    private DecimalText(ReadOnlySpan<byte> significant, int digits, int exponent, bool negative)
    {
        _significant = significant;
        Digits = digits;
        Exponent = exponent;
        Negative = negative;
    }

    /// <summary>The number of digits from the first to the last non-zero digit; 0 for zero.</summary>
    public int Digits { get; }

    /// <summary>The power of ten of the last non-zero digit.</summary>
    public int Exponent { get; }

    public bool Negative { get; }

    public static bool TryRead(ReadOnlySpan<byte> text, out DecimalText number)
    {
        number = default;
        bool negative = text.StartsWith("-"u8);
        ReadOnlySpan<byte> rest = negative ? text[1..] : text;
        int whole = CountDigits(rest);
        if (whole == 0 || (whole > 1 && rest[0] == '0'))
        {
            return false;
        }

        int fraction = 0;
        int length = whole;
        if (length < rest.Length && rest[length] == '.')
        {
            fraction = CountDigits(rest[(length + 1)..]);
            if (fraction == 0)
            {
                return false;
            }

            length += 1 + fraction;
        }

        if (!TryReadExponent(rest[length..], out int exponent))
        {
            return false;
        }

        number = Significant(rest[..length], exponent - fraction, negative);
        return true;
    }

    /// <summary>Reads a whole number of at most 64 bits, also if it is written with a fraction of zeros or an exponent.</summary>
    public static bool TryReadLong(ReadOnlySpan<byte> text, out long number)
    {
        const int MostDigits = 19;
        number = 0;
        if (!TryRead(text, out DecimalText parts) || !parts.Fits(MostDigits, scale: 0))
        {
            return false;
        }

        Span<char> digits = stackalloc char[MostDigits + 1];
        return long.TryParse(digits[..parts.CopyUnscaled(0, digits)], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Whether the number fits a decimal: at most <paramref name="precision"/> digits, <paramref name="scale"/> of them after the point.</summary>
    public bool Fits(int precision, int scale) => Digits == 0 || (Exponent + scale >= 0 && Digits + Exponent + scale <= precision);

    /// <summary>Writes sign and digits of the number times 10^scale. The caller has checked <see cref="Fits"/>.</summary>
    /// <returns>The length, at most the precision plus 1.</returns>
    public int CopyUnscaled(int scale, Span<char> into)
    {
        if (Digits == 0)
        {
            into[0] = '0';
            return 1;
        }

        int length = 0;
        if (Negative)
        {
            into[length++] = '-';
        }

        foreach (byte digit in _significant)
        {
            if (digit != '.')
            {
                into[length++] = (char)digit;
            }
        }

        int zeros = Exponent + scale;
        into.Slice(length, zeros).Fill('0');
        return length + zeros;
    }

    private static DecimalText Significant(ReadOnlySpan<byte> mantissa, int exponent, bool negative)
    {
        int first = mantissa.IndexOfAnyInRange((byte)'1', (byte)'9');
        if (first < 0)
        {
            return default;
        }

        int last = mantissa.LastIndexOfAnyInRange((byte)'1', (byte)'9');
        int dropped = mantissa.Length - 1 - last;
        int point = mantissa.IndexOf((byte)'.');
        int digits = last + 1 - first;
        if (point > first && point < last)
        {
            digits--;
        }
        else if (point > last)
        {
            dropped--;
        }

        return new DecimalText(mantissa[first..(last + 1)], digits, exponent + dropped, negative);
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        if ((text[0] | 0x20) != 'e')
        {
            return false;
        }

        text = text[1..];
        bool negative = text.StartsWith("-"u8);
        if (negative || text.StartsWith("+"u8))
        {
            text = text[1..];
        }

        if (text.IsEmpty || CountDigits(text) != text.Length)
        {
            return false;
        }

        foreach (byte digit in text)
        {
            exponent = Math.Min(MaxExponent, (10 * exponent) + digit - '0');
        }

        exponent = negative ? -exponent : exponent;
        return true;
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        int other = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return other < 0 ? text.Length : other;
    }
}
