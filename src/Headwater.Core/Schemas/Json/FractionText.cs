using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Headwater.Core.Schemas.Json;

/// <summary>Writes floating-point numbers with a fraction or an exponent, so that a union of int and double can distinguish 1 and 1.0.</summary>
internal static class FractionText
{
    /// <summary>The largest size of a double in its shortest exact form plus ".0", in bytes.</summary>
    public const int MaxLength = 40;

    private const int Scale = 10_000;

    private const int ScaleDigits = 4;

    /// <summary>Below it, a number with four decimal places has at most 15 significant digits.</summary>
    private const double MostShort = 1e11;

    /// <summary>Writes a finite number.</summary>
    public static void Write(Utf8JsonWriter json, double number)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        if (TryFormatShort(number, text, out int length))
        {
            json.WriteRawValue(text[..length], skipInputValidation: true);
            return;
        }

        number.TryFormat(text, out length, default, CultureInfo.InvariantCulture);
        Write(json, text, length);
    }

    /// <summary>
    /// Formats a number of at most four decimal places, as prices are. No two decimals of up to 15 digits are the same double, so these digits, if they give
    /// the number exactly, are the shortest that do, which is what the runtime writes at ten times the cost.
    /// </summary>
    /// <returns>False if it is another number, or -0.</returns>
    internal static bool TryFormatShort(double number, Span<byte> text, out int length)
    {
        length = 0;
        if (!(Math.Abs(number) < MostShort))
        {
            return false;
        }

        long scaled = (long)Math.Round(number * Scale);
        if (scaled == 0 || (double)scaled / Scale != number)
        {
            return false;
        }

        (long whole, long fraction) = Math.DivRem(Math.Abs(scaled), Scale);
        if (number < 0)
        {
            text[length++] = (byte)'-';
        }

        Utf8Formatter.TryFormat(whole, text[length..], out int written);
        length += written;
        text[length++] = (byte)'.';
        int digits = ScaleDigits;
        for (; digits > 1 && fraction % 10 == 0; digits--)
        {
            fraction /= 10;
        }

        Digits.Write((int)fraction, text.Slice(length, digits));
        length += digits;
        return true;
    }

    /// <param name="json">Receives the number.</param>
    /// <param name="text">The number as .NET formats it, with room for two more bytes.</param>
    /// <param name="length">The length of the number in bytes.</param>
    public static void Write(Utf8JsonWriter json, Span<byte> text, int length)
    {
        if (!text[..length].ContainsAny((byte)'.', (byte)'E'))
        {
            ".0"u8.CopyTo(text[length..]);
            length += 2;
        }

        json.WriteRawValue(text[..length], skipInputValidation: true);
    }
}
