using System.Globalization;
using System.Text;
using Headwater.Core.Positions;
using Headwater.Core.Schemas.Json;

namespace Headwater.Contracts.Text;

/// <summary>Points in time in requests: ISO 8601 with an offset, or microseconds since 1970-01-01T00:00:00Z.</summary>
public static class Instants
{
    /// <summary>What an error says was expected when <see cref="TryParse"/> fails.</summary>
    public const string Expected = "a time is ISO 8601 with an offset (2001-01-31T21:55:00Z) or microseconds since 1970-01-01T00:00:00Z";

    private const int MaxLength = 64;
    private const int NanosPerMicro = 1_000;

    /// <summary>True if <paramref name="text"/> is a point in time. Fractions of a microsecond are rounded towards the past.</summary>
    public static bool TryParse(string text, out UnixMicros instant)
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

            (Int128 whole, Int128 rest) = Int128.DivRem(nanos, NanosPerMicro);
            micros = (long)(rest < 0 ? whole - 1 : whole);
        }

        if (!UnixMicros.IsRepresentable(micros))
        {
            return false;
        }

        instant = new UnixMicros(micros);
        return true;
    }
}
