using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Headwater.Formats.Parsing;

/// <summary>Writes JSON that a client sent before its texts are checked.</summary>
public static class JsonCopy
{
    private const byte FirstBeyondAscii = 0x80;

    /// <summary>
    /// Writes an element as it is. <see cref="JsonElement.WriteTo"/> throws for half a surrogate pair, which JSON allows as an escape; such an element is
    /// copied with its escapes.
    /// </summary>
    /// <param name="element">The element.</param>
    /// <param name="json">The writer.</param>
    public static void Write(JsonElement element, Utf8JsonWriter json)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(element);
        if (JsonBodies.FindLoneSurrogate(raw) is not null)
        {
            json.WriteRawValue(WithoutUnicode(raw));
        }
        else
        {
            element.WriteTo(json);
        }
    }

    /// <summary>Characters beyond ASCII occur only in strings. As escapes they are the same text, and every queue takes them.</summary>
    private static string WithoutUnicode(ReadOnlySpan<byte> raw)
    {
        if (!raw.ContainsAnyInRange(FirstBeyondAscii, byte.MaxValue))
        {
            return Encoding.ASCII.GetString(raw);
        }

        var text = new StringBuilder(raw.Length);
        foreach (char c in Encoding.UTF8.GetString(raw))
        {
            _ = char.IsAscii(c) ? text.Append(c) : text.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
