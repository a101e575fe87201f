namespace Headwater.Core.Schemas.Json;

/// <summary>Nanoseconds since 1970-01-01T00:00 as ISO 8601: an instant with Z or an offset, or a local time without.</summary>
public static class IsoTimestamp
{
    /// <summary>The length with nine digits of a fraction, and Z.</summary>
    public const int MaxLength = 30;

    private const long NanosPerMinute = 60 * IsoTime.NanosPerSecond;

    /// <summary>Reads a whole text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="local">Whether there has to be no zone; else there has to be one.</param>
    /// <param name="nanos">The time; wider than 64 bits, which hold 584 years of nanoseconds.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, bool local, out Int128 nanos)
    {
        nanos = 0;
        if (!IsoDate.TryRead(text, out int days))
            return false;
        text = text[IsoDate.Length..];
        if (text.IsEmpty || (text[0] | 0x20) != 't' || !IsoTime.TryRead(text[1..], out long ofDay, out int length))
            return false;
        text = text[(1 + length)..];
        long offset = 0;
        if (local ? !text.IsEmpty : !TryReadOffset(text, out offset))
            return false;
        nanos = ((Int128)days * IsoTime.NanosPerDay) + ofDay - offset;
        return true;
    }

    /// <returns>The length.</returns>
    public static int Write(int days, long nanosOfDay, int fractionDigits, bool local, Span<byte> into)
    {
        IsoDate.Write(days, into);
        into[IsoDate.Length] = (byte)'T';
        int length = IsoDate.Length + 1 + IsoTime.LengthWith(fractionDigits);
        IsoTime.Write(nanosOfDay, fractionDigits, into[(IsoDate.Length + 1)..length]);
        if (!local)
            into[length++] = (byte)'Z';
        return length;
    }

    /// <summary>Z, ±HH:mm, ±HHmm or ±HH.</summary>
    private static bool TryReadOffset(ReadOnlySpan<byte> text, out long nanos)
    {
        nanos = 0;
        if (text.Length == 1)
            return (text[0] | 0x20) == 'z';
        if (text.IsEmpty || text[0] is not ((byte)'+' or (byte)'-'))
            return false;
        ReadOnlySpan<byte> hoursText = text[1..];
        ReadOnlySpan<byte> minutesText = "00"u8;
        if (hoursText.Length == 5 && hoursText[2] == ':')
            minutesText = hoursText[3..];
        else if (hoursText.Length == 4)
            minutesText = hoursText[2..];
        else if (hoursText.Length != 2)
            return false;
        if (!Digits.TryRead(hoursText[..2], out int hours) || !Digits.TryRead(minutesText, out int minutes) || hours > 23 || minutes > 59)
            return false;
        nanos = ((hours * 60L) + minutes) * NanosPerMinute * (text[0] == '-' ? -1 : 1);
        return true;
    }
}
