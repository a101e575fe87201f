using System.Globalization;
using System.Xml;

namespace Headwater.Contracts.Text;

/// <summary>Durations as ISO 8601 has them, of weeks, days, hours, minutes and seconds; months and years have no fixed length and are refused.</summary>
public static class Durations
{
    public const string Expected = "a duration is ISO 8601 without months and years, like P30D, PT1H or PT0.5S";

    /// <summary>Not negative.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length < 3 || text[0] != 'P' || char.IsWhiteSpace(text[^1]))
            return false;
        if (text[^1] == 'W')
            return TryWeeks(text.AsSpan(1, text.Length - 2), out duration);

        int time = text.IndexOf('T', StringComparison.Ordinal);
        ReadOnlySpan<char> date = time < 0 ? text : text.AsSpan(0, time);
        if (date.ContainsAny('Y', 'M'))
            return false;
        try
        {
            duration = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }
    }

    public static string Format(TimeSpan duration) => XmlConvert.ToString(duration);

    private static bool TryWeeks(ReadOnlySpan<char> digits, out TimeSpan duration)
    {
        bool parsed = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int weeks) && weeks < 1_000_000;
        duration = parsed ? TimeSpan.FromDays(7L * weeks) : default;
        return parsed;
    }
}
