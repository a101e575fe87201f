using System.Globalization;
using Headwater.Core.Positions;

namespace Headwater.Http;

/// <summary>Points in time as requests give them: ISO 8601 with an offset, or microseconds since 1970-01-01T00:00:00Z.</summary>
internal static class Instants
{
    public const string Expected = "a time is ISO 8601 with an offset (2001-01-31T21:55:00Z) or microseconds since 1970-01-01T00:00:00Z";

    // K alone would take a time without an offset as well; TryParse looks for one first.
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"];

    /// <summary>Fractions beyond microseconds are cut off.</summary>
    public static bool TryParse(string text, out UnixMicros instant)
    {
        instant = default;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long micros))
        {
            if (!UnixMicros.IsRepresentable(micros))
                return false;
            instant = new UnixMicros(micros);
            return true;
        }

        if (!HasOffset(text) || !DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset parsed))
            return false;
        instant = UnixMicros.From(parsed);
        return true;
    }

    private static bool HasOffset(string text) =>
        text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
}
