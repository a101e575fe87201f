using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Headwater.Core.Segments;
using Headwater.Formats.Parsing;

namespace Headwater.Formats.Json;

/// <summary>JSON values in streams without a schema. They are stored and returned as JSON text.</summary>
public static class SchemalessJson
{
    /// <summary>Whether a value is JSON by its content-type header. Clients can set any header, so the value itself is checked too.</summary>
    public static bool Is(in DecodedEvent view, ReadOnlySpan<byte> value)
    {
        foreach (EventHeader header in view.Headers)
        {
            if (header.Name.SequenceEqual("content-type"u8))
            {
                return header.Value.SequenceEqual("application/json"u8) && IsJson(value);
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

        byte[] line = ArrayPool<byte>.Shared.Rent(value.Length);
        Span<byte> copy = line.AsSpan(0, value.Length);
        value.CopyTo(copy);
        copy.Replace((byte)'\n', (byte)' ');
        copy.Replace((byte)'\r', (byte)' ');
        json.WriteRawValue(copy, skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(line);
    }

    private static bool IsJson(ReadOnlySpan<byte> value)
    {
        if (!Utf8.IsValid(value))
        {
            return false;
        }

        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = JsonBodies.MaxDepth });
        try
        {
            while (reader.Read())
            {
                // Reading on is the check.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
