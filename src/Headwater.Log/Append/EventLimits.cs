using System.Text;
using Headwater.Log.Model;

namespace Headwater.Log.Append;

/// <summary>Checks keys and headers against the limits. Each method returns a description of the fault, or null if there is none.</summary>
internal static class EventLimits
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string? FaultOfKey(string key) => Utf8Length(key) switch
    {
        null => "the key contains half a surrogate pair",
        > Limits.KeyBytes => $"the key is over {Limits.KeyBytes} bytes of UTF-8",
        _ => null,
    };

    public static string? FaultOfHeaders(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (headers.Count > Limits.HeadersPerEvent)
        {
            return $"there are {headers.Count} headers; the limit is {Limits.HeadersPerEvent}";
        }

        int total = 0;
        for (int i = 0; i < headers.Count; i++)
        {
            (string name, string value) = headers[i];
            if (Utf8Length(name) is not { } nameLength || Utf8Length(value) is not { } valueLength)
            {
                return $"header '{name}' contains half a surrogate pair";
            }

            if (name.StartsWith(JsonMark.ReservedPrefix, StringComparison.Ordinal))
            {
                return $"header '{name}' is not allowed: names that begin with '{JsonMark.ReservedPrefix}' are the log's own";
            }

            if (Contains(headers, i, name))
            {
                return $"header '{name}' appears twice";
            }

            total += nameLength + valueLength;
        }

        return total > Limits.HeaderBytes ? $"the headers are over {Limits.HeaderBytes} bytes of UTF-8" : null;
    }

    private static bool Contains(IReadOnlyList<KeyValuePair<string, string>> headers, int before, string name)
    {
        for (int i = 0; i < before; i++)
        {
            if (headers[i].Key == name)
            {
                return true;
            }
        }

        return false;
    }

    private static int? Utf8Length(string text)
    {
        try
        {
            return Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}
