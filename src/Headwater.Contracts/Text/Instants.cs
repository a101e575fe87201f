using System.Globalization;
using System.Text;
using Headwater.Core.Positions;
using Headwater.Core.Schemas.Json;

namespace Headwater.Contracts.Text;

/// <summary>Points in time in requests: ISO 8601 with an offset, or microseconds since 1970-01-01T00:00:00Z.</summary>
public static class Instants
{
    /// <summary>What an error says was expected when <c>TryParse</c> fails.</summary>
    public const string Expected = "a time is ISO 8601 with an offset (2001-01-31T21:55:00Z) or microseconds since 1970-01-01T00:00:00Z";

    private const int MaxLength = 64;
    private const int NanosPerMicro = 1_000;

    /// <summary>Reads a time at which something happened. A part finer than a microsecond is cut off towards the past.</summary>
    public static bool TryParse(string text, out UnixMicros instant) => TryRead(text, roundUp: false, out instant);

    /// <summary>
    /// Reads a time at or after which something begins. A part finer than a microsecond rounds up, so that nothing before the time is included.
    /// </summary>
    public static bool TryParseStart(string text, out UnixMicros instant) => TryRead(text, roundUp: true, out instant);

    private static bool TryRead(string text, bool roundUp, out UnixMicros instant)
    {
        instant = default;
        if (text.Length > MaxLength)
        {
            return false;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long micros))
        {
            Span<byte> utf8 = stackalloc byte[MaxLength];
            if (!Encoding.UTF8.TryGetBytes(text, utf8, out int length) || !IsoTimestamp.TryRead(utf8[..length], local: false, out Int128 nanos))
            {
                return false;
            }

            Int128 rest = ((nanos % NanosPerMicro) + NanosPerMicro) % NanosPerMicro;
            micros = (long)(((nanos - rest) / NanosPerMicro) + (roundUp && rest > 0 ? 1 : 0));
        }

        if (!UnixMicros.IsRepresentable(micros))
        {
            return false;
        }

        instant = new UnixMicros(micros);
        return true;
    }
}
