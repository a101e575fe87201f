using System.Globalization;
using System.Xml;

namespace Headwater.Contracts.Text;

/// <summary>ISO 8601 durations in weeks, days, hours, minutes and seconds. Months and years are rejected because their length varies.</summary>
public static class Durations
{
    /// <summary>What an error says was expected when <see cref="TryParse"/> fails.</summary>
    public const string Expected = "a duration is ISO 8601 without months and years, like P30D, PT1H or PT0.5S";

    /// <summary>True if <paramref name="text"/> is a duration; the result is never negative.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length < 3 || text[0] != 'P' || char.IsWhiteSpace(text[^1]))
        {
            return false;
        }

        if (text[^1] == 'W')
        {
            return TryWeeks(text.AsSpan(1, text.Length - 2), out duration);
        }

        int time = text.IndexOf('T', StringComparison.Ordinal);
        ReadOnlySpan<char> date = time < 0 ? text : text.AsSpan(0, time);
        if (date.ContainsAny('Y', 'M'))
        {
            return false;
        }

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

    /// <summary>ISO 8601 in days, hours, minutes and seconds: <c>P1DT2H</c>. <see cref="TryParse"/> reads the result unless it is negative.</summary>
    public static string Format(TimeSpan duration) => XmlConvert.ToString(duration);

    private static bool TryWeeks(ReadOnlySpan<char> digits, out TimeSpan duration)
    {
        bool parsed = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int weeks) && weeks < 1_000_000;
        duration = parsed ? TimeSpan.FromDays(7L * weeks) : default;
        return parsed;
    }
}
