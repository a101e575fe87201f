using System.Globalization;

namespace Headwater.Core.Schemas.Json;

/// <summary>
/// Months, days and milliseconds as an ISO 8601 duration: <c>P14M3DT1.500S</c>. The three units are never converted into each other, so
/// a duration round-trips. Years (12 months), weeks (7 days), hours and minutes are accepted as input.
/// </summary>
internal readonly record struct IsoDuration(uint Months, uint Days, uint Millis)
{
    /// <summary>The largest size of a duration in bytes: three numbers of 32 bits and their designators.</summary>
    public const int MaxLength = 40;

    private const string DateUnits = "YMWD";
    private const string TimeUnits = "HMS";
    private const int MillisPerSecond = 1000;

    public static bool TryRead(ReadOnlySpan<byte> text, out IsoDuration duration)
    {
        duration = default;
        if (text.Length < 3 || text[0] != 'P')
        {
            return false;
        }

        ulong months = 0;
        ulong days = 0;
        ulong millis = 0;
        string units = DateUnits;
        int unit = -1;
        for (text = text[1..]; !text.IsEmpty;)
        {
            if (text[0] == 'T' && ReferenceEquals(units, DateUnits))
            {
                units = TimeUnits;
                unit = -1;
                text = text[1..];
                if (text.IsEmpty)
                {
                    return false;
                }
            }

            if (!TryReadPart(ref text, out ulong number, out int thousandths, out char designator))
            {
                return false;
            }

            int next = units.IndexOf(designator, StringComparison.Ordinal);
            if (next <= unit || (thousandths >= 0 && designator != 'S'))
            {
                return false;
            }

            unit = next;
            bool time = ReferenceEquals(units, TimeUnits);
            if (time)
            {
                millis += (number * SecondsOf(designator) * MillisPerSecond) + (ulong)Math.Max(0, thousandths);
            }
            else if (designator is 'Y' or 'M')
            {
                months += number * (designator == 'Y' ? 12u : 1u);
            }
            else
            {
                days += number * (designator == 'W' ? 7u : 1u);
            }
        }

        duration = new IsoDuration((uint)months, (uint)days, (uint)millis);
        return months <= uint.MaxValue && days <= uint.MaxValue && millis <= uint.MaxValue;
    }

    /// <returns>The length in bytes.</returns>
    public int Write(Span<byte> into)
    {
        int length = 0;
        into[length++] = (byte)'P';
        if (Months > 0)
        {
            length += WritePart(Months, 'M', into[length..]);
        }

        if (Days > 0)
        {
            length += WritePart(Days, 'D', into[length..]);
        }

        if (Millis == 0 && length > 1)
        {
            return length;
        }

        into[length++] = (byte)'T';
        length += WritePart(Millis / MillisPerSecond, 'S', into[length..]);
        if (Millis % MillisPerSecond == 0)
        {
            return length;
        }

        into[length - 1] = (byte)'.';
        Digits.Write((int)(Millis % MillisPerSecond), into.Slice(length, 3));
        into[length + 3] = (byte)'S';
        return length + 4;
    }

    private static ulong SecondsOf(char designator) => designator switch
    {
        'H' => 3600,
        'M' => 60,
        _ => 1,
    };

    private static int WritePart(uint number, char designator, Span<byte> into)
    {
        number.TryFormat(into, out int length, default, CultureInfo.InvariantCulture);
        into[length] = (byte)designator;
        return length + 1;
    }

    /// <summary>Reads a number and its designator. Without a fraction, the thousandths are -1.</summary>
    private static bool TryReadPart(ref ReadOnlySpan<byte> text, out ulong number, out int thousandths, out char designator)
    {
        thousandths = -1;
        designator = default;
        if (!TryReadDigits(ref text, mostDigits: 10, out ReadOnlySpan<byte> whole))
        {
            number = 0;
            return false;
        }

        number = ulong.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture);
        if (text.StartsWith("."u8))
        {
            text = text[1..];
            if (!TryReadDigits(ref text, mostDigits: 3, out ReadOnlySpan<byte> fraction))
            {
                return false;
            }

            thousandths = int.Parse(fraction, NumberStyles.None, CultureInfo.InvariantCulture);
            for (int digit = fraction.Length; digit < 3; digit++)
            {
                thousandths *= 10;
            }
        }

        if (text.IsEmpty)
        {
            return false;
        }

        designator = (char)text[0];
        text = text[1..];
        return true;
    }

    private static bool TryReadDigits(ref ReadOnlySpan<byte> text, int mostDigits, out ReadOnlySpan<byte> digits)
    {
        int length = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = length < 0 ? text : text[..length];
        text = text[digits.Length..];
        return digits.Length > 0 && digits.Length <= mostDigits;
    }
}
