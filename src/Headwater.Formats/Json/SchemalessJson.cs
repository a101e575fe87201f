using System.Text.Json;
using Headwater.Core.Memory;
using Headwater.Core.Segments;
using Headwater.Formats.Parsing;
using Headwater.Log.Append;

namespace Headwater.Formats.Json;

/// <summary>JSON values in streams without a schema. They are stored and returned as JSON text.</summary>
public static class SchemalessJson
{
    /// <summary>
    /// Whether a value is JSON: it has the log's mark, or the header <c>content-type: application/json</c>, which was the mark of events stored before and
    /// which producers of binary values set. A container file can carry both, so the value itself is checked too.
    /// </summary>
    public static bool Is(in DecodedEvent view, ReadOnlySpan<byte> value)
    {
        foreach (EventHeader header in view.Headers)
        {
            if (JsonMark.Is(header) || (header.Name.SequenceEqual("content-type"u8) && header.Value.SequenceEqual("application/json"u8)))
            {
                return JsonBodies.IsJson(value);
            }
        }

        return false;
    }

    /// <summary>Writes the value on one line, as NDJSON requires.</summary>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        if (!value.ContainsAny((byte)'\n', (byte)'\r'))
        {
            json.WriteRawValue(value, skipInputValidation: true);
            return;
        }

        byte[] line = ByteArrays.Rent(value.Length);
        Span<byte> copy = line.AsSpan(0, value.Length);
        value.CopyTo(copy);
        copy.Replace((byte)'\n', (byte)' ');
        copy.Replace((byte)'\r', (byte)' ');
        json.WriteRawValue(copy, skipInputValidation: true);
        ByteArrays.Return(line);
    }
}
