using System.Text;
using System.Text.Json;
using Headwater.Contracts.Json;

namespace Headwater.Client;

/// <summary>Schemas as JSON, written and read.</summary>
internal static class ShapeJson
{
    /// <summary>The schema's text.</summary>
    /// <exception cref="HeadwaterException">A part of the shape has no Avro form; the message names all of them.</exception>
    public static string Write(AvroShape shape)
    {
        List<string> faults = [];
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            Write(json, shape, "", [], faults);
        }

        return faults.Count == 0
            ? Encoding.UTF8.GetString(buffer.ToArray())
            : throw new HeadwaterException(HeadwaterException.TypeMismatch, $"No schema can be made of {shape.Name ?? "the type"}: {string.Join(" ", faults)}");
    }

    /// <summary>The shape of a stream's schema.</summary>
    public static AvroShape Read(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        return Read(document.RootElement, []);
    }

    private static void Write(Utf8JsonWriter json, AvroShape shape, string path, HashSet<string> named, List<string> faults)
    {
        if (shape.IsNullable)
        {
            json.WriteStartArray();
            json.WriteStringValue("null");
            Write(json, shape with { IsNullable = false }, path, named, faults);
            json.WriteEndArray();
        }
        else if (shape.Type == AvroShape.Any || (shape.Logical == "decimal" && shape.Precision == 0))
        {
            faults.Add(shape.Type == AvroShape.Any
                ? $"{path}: the type has no Avro form; use another type, or create the stream with a schema of your own."
                : $"{path}: a decimal needs a precision and a scale; add [AvroDecimal(precision, scale)].");
            json.WriteStringValue("null");
        }
        else if (shape.Name is { } name && !named.Add(name))
        {
            json.WriteStringValue(name);
        }
        else if (shape is { Name: null, Logical: null, Items: null })
        {
            json.WriteStringValue(shape.Type);
        }
        else
        {
            WriteObject(json, shape, path, named, faults);
        }
    }

    private static void WriteObject(Utf8JsonWriter json, AvroShape shape, string path, HashSet<string> named, List<string> faults)
    {
        json.WriteStartObject();
        json.WriteString("type", shape.Type);
        WriteText(json, "name", shape.Name);
        WriteText(json, "doc", shape.Doc);
        WriteText(json, "logicalType", shape.Logical);
        if (shape.Logical == "decimal")
        {
            json.WriteNumber("precision", shape.Precision);
            json.WriteNumber("scale", shape.Scale);
        }

        if (shape.Items is { } items)
        {
            json.WritePropertyName(shape.Type == "map" ? "values" : "items");
            Write(json, items, path + "/-", named, faults);
        }

        if (shape.Type == "enum")
        {
            json.WriteStartArray("symbols");
            foreach (string symbol in shape.Symbols)
            {
                json.WriteStringValue(symbol);
            }

            json.WriteEndArray();
        }
        else if (shape.Type == "record")
        {
            WriteFields(json, shape, path, named, faults);
        }

        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, AvroShape shape, string path, HashSet<string> named, List<string> faults)
    {
        json.WriteStartArray("fields");
        foreach (AvroField field in shape.Fields)
        {
            json.WriteStartObject();
            json.WriteString("name", field.Name);
            json.WritePropertyName("type");
            Write(json, field.Shape, $"{path}/{field.Name}", named, faults);
            WriteText(json, "doc", field.Doc);
            if (field.Shape.IsNullable)
            {
                json.WriteNull("default");
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static AvroShape Read(JsonElement schema, Dictionary<string, AvroShape> named) => schema.ValueKind switch
    {
        JsonValueKind.String => named.GetValueOrDefault(schema.GetString()!) ?? new AvroShape(schema.GetString()!),
        JsonValueKind.Array => ReadUnion(schema, named),
        JsonValueKind.Object => ReadObject(schema, named),
        _ => new AvroShape(AvroShape.Any),
    };

    private static AvroShape ReadUnion(JsonElement schema, Dictionary<string, AvroShape> named)
    {
        AvroShape[] branches = [.. schema.EnumerateArray().Select(b => Read(b, named))];
        AvroShape[] values = [.. branches.Where(b => b.Type != "null")];
        return (values.Length == 1 ? values[0] : new AvroShape(AvroShape.Any)) with { IsNullable = values.Length < branches.Length };
    }

    private static AvroShape ReadObject(JsonElement schema, Dictionary<string, AvroShape> named)
    {
        if (!schema.TryGetProperty("type", out JsonElement type) || type.ValueKind != JsonValueKind.String)
        {
            return new AvroShape(AvroShape.Any);
        }

        string name = type.GetString()!;
        var shape = new AvroShape(name == "fixed" ? "bytes" : name)
        {
            Logical = Text(schema, "logicalType"),
            Name = Text(schema, "name"),
            Items = schema.TryGetProperty("items", out JsonElement items) || schema.TryGetProperty("values", out items) ? Read(items, named) : null,
            Symbols = schema.TryGetProperty("symbols", out JsonElement symbols) ? [.. symbols.EnumerateArray().Select(s => s.GetString()!)] : [],
        };
        if (shape.Name is { } own)
        {
            named[own] = shape;
            named[$"{Text(schema, "namespace")}.{own}"] = shape;
        }

        if (name == "record" && schema.TryGetProperty("fields", out JsonElement fields))
        {
            shape.Fields.AddRange(fields.EnumerateArray().Select(f => new AvroField(Text(f, "name")!, Read(f.GetProperty("type"), named))
            {
                IsOptional = f.TryGetProperty("default", out _),
            }));
        }

        return shape;
    }

    private static string? Text(JsonElement schema, string member) =>
        schema.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
