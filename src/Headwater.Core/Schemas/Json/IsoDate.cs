namespace Headwater.Core.Schemas.Json;

/// <summary>Days since 1970-01-01 as <c>yyyy-MM-dd</c> (ISO 8601), for the years 1 to 9999.</summary>
internal static class IsoDate
{
    public const int Length = 10;

    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    public static bool IsPrintable(long days) => days >= -Epoch && days <= DateOnly.MaxValue.DayNumber - Epoch;

    /// <summary>Reads a date at the start of a text.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text.Length < Length || text[4] != '-' || text[7] != '-')
        {
            return false;
        }

        if (!Digits.TryRead(text[..4], out int year) || !Digits.TryRead(text[5..7], out int month) || !Digits.TryRead(text[8..10], out int day))
        {
            return false;
        }

        if (year == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        days = new DateOnly(year, month, day).DayNumber - Epoch;
        return true;
    }

    /// <param name="days">A day for which <see cref="IsPrintable"/> is true.</param>
    /// <param name="into">At least <see cref="Length"/> bytes.</param>
    public static void Write(int days, Span<byte> into)
    {
        (int year, int month, int day) = DateOnly.FromDayNumber(days + Epoch);
        Digits.Write(year, into[..4]);
        into[4] = (byte)'-';
        Digits.Write(month, into[5..7]);
        into[7] = (byte)'-';
        Digits.Write(day, into[8..10]);
    }
}
