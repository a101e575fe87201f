namespace Headwater.Core.Schemas.Json;

/// <summary>Nanoseconds of a day as <c>HH:mm:ss.fff…</c> (ISO 8601); the input may omit fraction and seconds.</summary>
internal static class IsoTime
{
    public const long NanosPerSecond = 1_000_000_000;

    public const long NanosPerDay = 86_400 * NanosPerSecond;

    /// <summary>The length up to and including the seconds.</summary>
    private const int WholeLength = 8;

    private const int MostDigits = 9;

    /// <summary>The length of a time with a fraction of <paramref name="fractionDigits"/> digits.</summary>
    public static int LengthWith(int fractionDigits) => WholeLength + 1 + fractionDigits;

    /// <summary>Reads a time at the start of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="nanos">Nanoseconds since midnight.</param>
    /// <param name="length">The length of the time in the text.</param>
    /// <returns>False if the text does not start with a time, or the time is finer than a nanosecond.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, out long nanos, out int length)
    {
        nanos = 0;
        length = 5;
        if (text.Length < length || text[2] != ':' || !Digits.TryRead(text[..2], out int hours) || !Digits.TryRead(text[3..5], out int minutes))
        {
            return false;
        }

        int seconds = 0;
        int fraction = 0;
        if (text.Length > length && text[length] == ':')
        {
            if (text.Length < WholeLength || !Digits.TryRead(text[6..8], out seconds))
            {
                return false;
            }

            length = WholeLength;
            if (text.Length > length && text[length] is (byte)'.' or (byte)',' && !TryReadFraction(text[WholeLength..], out fraction, ref length))
            {
                return false;
            }
        }

        nanos = (((((hours * 60L) + minutes) * 60L) + seconds) * NanosPerSecond) + fraction;
        return hours < 24 && minutes < 60 && seconds < 60;
    }

    /// <param name="nanos">Nanoseconds since midnight.</param>
    /// <param name="fractionDigits">The number of digits of the fraction.</param>
    /// <param name="into">As long as <see cref="LengthWith"/> returns.</param>
    public static void Write(long nanos, int fractionDigits, Span<byte> into)
    {
        int seconds = (int)(nanos / NanosPerSecond);
        int fraction = (int)(nanos % NanosPerSecond);
        Digits.Write(seconds / 3600, into[..2]);
        into[2] = (byte)':';
        Digits.Write(seconds / 60 % 60, into[3..5]);
        into[5] = (byte)':';
        Digits.Write(seconds % 60, into[6..8]);
        into[8] = (byte)'.';
        for (int digit = fractionDigits; digit < MostDigits; digit++)
        {
            fraction /= 10;
        }

        Digits.Write(fraction, into.Slice(WholeLength + 1, fractionDigits));
    }

    /// <param name="text">The text from the decimal point.</param>
    /// <param name="nanos">The fraction in nanoseconds.</param>
    /// <param name="length">Increased by the length of the fraction.</param>
    private static bool TryReadFraction(ReadOnlySpan<byte> text, out int nanos, ref int length)
    {
        nanos = 0;
        ReadOnlySpan<byte> digits = text[1..];
        int other = digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = other < 0 ? digits : digits[..other];
        length += 1 + digits.Length;
        ReadOnlySpan<byte> kept = digits[..Math.Min(MostDigits, digits.Length)];
        if (!Digits.TryRead(kept, out nanos) || digits[kept.Length..].ContainsAnyExcept((byte)'0'))
        {
            return false;
        }

        for (int digit = kept.Length; digit < MostDigits; digit++)
        {
            nanos *= 10;
        }

        return true;
    }
}
