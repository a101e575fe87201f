namespace Headwater.Core.Schemas.Json;

/// <summary>Nanoseconds since 1970-01-01T00:00 as ISO 8601 text: an instant with Z or a UTC offset, or a local time without. Allocates nothing.</summary>
public static class IsoTimestamp
{
    /// <summary>The length of a timestamp with a fraction of nine digits and Z, in bytes.</summary>
    public const int MaxLength = 30;

    private const long NanosPerMinute = 60 * IsoTime.NanosPerSecond;

    /// <summary>Parses a complete text.</summary>
    /// <param name="text">The text as UTF-8.</param>
    /// <param name="local">True if the text must have no zone, false if it must have one.</param>
    /// <param name="nanos">The time in nanoseconds. 64 bits would cover only 584 years.</param>
    /// <returns>False if the text is not a timestamp, or finer than a nanosecond.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, bool local, out Int128 nanos)
    {
        bool read = TryRead(text, local, out int days, out long ofDay);
        nanos = ((Int128)days * IsoTime.NanosPerDay) + ofDay;
        return read;
    }

    /// <summary>Parses a complete text.</summary>
    /// <param name="text">The text as UTF-8.</param>
    /// <param name="local">True if the text must have no zone, false if it must have one.</param>
    /// <param name="days">The text's date, in days since 1970-01-01.</param>
    /// <param name="nanos">Nanoseconds since the beginning of that date in UTC: negative, or beyond a day, where the offset changes the date.</param>
    /// <returns>False if the text is not a timestamp, or finer than a nanosecond.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> text, bool local, out int days, out long nanos)
    {
        nanos = 0;
        if (!IsoDate.TryRead(text, out days))
        {
            return false;
        }

        text = text[IsoDate.Length..];
        if (text.IsEmpty || (text[0] | 0x20) != 't' || !IsoTime.TryRead(text[1..], out long ofDay, out int length))
        {
            return false;
        }

        text = text[(1 + length)..];
        long offset = 0;
        if (local ? !text.IsEmpty : !TryReadOffset(text, out offset))
        {
            return false;
        }

        nanos = ofDay - offset;
        return true;
    }

    /// <summary>Formats a timestamp.</summary>
    /// <param name="days">Days since 1970-01-01, within the years 1 to 9999.</param>
    /// <param name="nanosOfDay">Nanoseconds since midnight.</param>
    /// <param name="fractionDigits">The number of digits after the decimal point, 1 to 9; further digits are cut off.</param>
    /// <param name="local">Whether to omit the Z.</param>
    /// <param name="into">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>The length in bytes.</returns>
    public static int Write(int days, long nanosOfDay, int fractionDigits, bool local, Span<byte> into)
    {
        IsoDate.Write(days, into);
        into[IsoDate.Length] = (byte)'T';
        int length = IsoDate.Length + 1 + IsoTime.LengthWith(fractionDigits);
        IsoTime.Write(nanosOfDay, fractionDigits, into[(IsoDate.Length + 1)..length]);
        if (!local)
        {
            into[length++] = (byte)'Z';
        }

        return length;
    }

    /// <summary>Z, ±HH:mm, ±HHmm or ±HH.</summary>
    private static bool TryReadOffset(ReadOnlySpan<byte> text, out long nanos)
    {
        nanos = 0;
        if (text.Length == 1)
        {
            return (text[0] | 0x20) == 'z';
        }

        if (text.IsEmpty || text[0] is not ((byte)'+' or (byte)'-'))
        {
            return false;
        }

        ReadOnlySpan<byte> hoursText = text[1..];
        ReadOnlySpan<byte> minutesText = "00"u8;
        if (hoursText.Length == 5 && hoursText[2] == ':')
        {
            minutesText = hoursText[3..];
        }
        else if (hoursText.Length == 4)
        {
            minutesText = hoursText[2..];
        }
        else if (hoursText.Length != 2)
        {
            return false;
        }

        if (!Digits.TryRead(hoursText[..2], out int hours) || !Digits.TryRead(minutesText, out int minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }

        nanos = ((hours * 60L) + minutes) * NanosPerMinute * (text[0] == '-' ? -1 : 1);
        return true;
    }
}
