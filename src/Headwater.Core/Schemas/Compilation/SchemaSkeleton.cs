using System.Buffers;
using System.Text;
using System.Text.Json;
using Avro;

namespace Headwater.Core.Schemas.Compilation;

/// <summary>
/// The structure of a schema, checked and without everything else. Apache.Avro gets only this to resolve names and to build the canonical
/// form, because it mishandles the rest: it throws for invalid logical types instead of ignoring them, its canonical form of a logical type
/// on a fixed is wrong, and it converts texts that look like dates to dates.
/// </summary>
internal sealed class SchemaSkeleton
{
    private readonly Utf8JsonWriter _json;

    private SchemaSkeleton(Utf8JsonWriter json) => _json = json;

    /// <exception cref="SchemaException">The text is not an Avro schema.</exception>
    public static Schema Parse(JsonElement schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            new SchemaSkeleton(json).Write(schema, "", inNamespace: false);
        }

        try
        {
            // Apache.Avro returns null for a schema that is only an unknown name.
            return Schema.Parse(Encoding.UTF8.GetString(buffer.WrittenSpan))
                ?? throw new SchemaException("not an Avro schema: it names a type that is not defined");
        }
        catch (Exception e) when (e is AvroException or ArgumentException)
        {
            throw new SchemaException($"not an Avro schema: {e.Message}", e);
        }
    }

    private void Write(JsonElement schema, string pointer, bool inNamespace)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.String:
                WriteReference(schema.GetString()!, pointer);
                break;
            case JsonValueKind.Array:
                WriteUnion(schema, pointer, inNamespace);
                break;
            case JsonValueKind.Object:
                WriteObject(schema, pointer, inNamespace);
                break;
            default:
                throw new SchemaException($"{SchemaText.At(pointer)}: a schema is a string, an object or an array");
        }
    }

    private static bool IsPrimitive(string name) => Schema.ParseType(name) < Schema.Type.Record;

    private void WriteReference(string name, string pointer)
    {
        SchemaName.CheckDotted(name, SchemaText.At(pointer));

        // At the top level a name can only be a primitive type, which Apache.Avro expects as an object.
        if (_json.CurrentDepth == 0)
        {
            if (!IsPrimitive(name))
            {
                throw new SchemaException($"{SchemaText.At(pointer)}: there is no type \"{name}\"");
            }

            _json.WriteStartObject();
            _json.WriteString("type", name);
            _json.WriteEndObject();
            return;
        }

        _json.WriteStringValue(name);
    }

    private void WriteUnion(JsonElement union, string pointer, bool inNamespace)
    {
        if (union.GetArrayLength() == 0)
        {
            throw new SchemaException($"{SchemaText.At(pointer)}: a union without branches has no possible value");
        }

        _json.WriteStartArray();
        int index = 0;
        foreach (JsonElement branch in union.EnumerateArray())
        {
            if (branch.ValueKind == JsonValueKind.Array)
            {
                throw new SchemaException($"{pointer}/{index}: a union may not hold a union");
            }

            Write(branch, $"{pointer}/{index++}", inNamespace);
        }

        _json.WriteEndArray();
    }

    private void WriteObject(JsonElement schema, string pointer, bool inNamespace)
    {
        JsonElement type = SchemaText.Required(schema, "type", pointer);
        if (type.ValueKind != JsonValueKind.String)
        {
            CheckNested(schema, type, pointer);
            Write(type, pointer + "/type", inNamespace);
            return;
        }

        switch (type.GetString())
        {
            case "array":
                WriteContainer("array", "items", schema, pointer, inNamespace);
                break;
            case "map":
                WriteContainer("map", "values", schema, pointer, inNamespace);
                break;
            case "record":
                WriteNamed(schema, pointer, inNamespace);
                WriteFields(schema, pointer, inNamespace || HasNamespace(schema));
                break;
            case "enum":
                WriteNamed(schema, pointer, inNamespace);
                WriteSymbols(schema, pointer);
                break;
            case "fixed":
                WriteNamed(schema, pointer, inNamespace);
                WriteSize(schema, pointer);
                break;
            default:
                WriteReference(type.GetString()!, pointer + "/type");
                break;
        }
    }

    /// <summary>Avro readers accept a type inside a type only if the inner one is primitive, or the outer one adds a logical type.</summary>
    private static void CheckNested(JsonElement schema, JsonElement type, string pointer)
    {
        if (type.ValueKind != JsonValueKind.Object || schema.TryGetProperty("logicalType", out _))
        {
            return;
        }

        JsonElement inner = SchemaText.Required(type, "type", pointer + "/type");
        if (inner.ValueKind != JsonValueKind.String || !IsPrimitive(inner.GetString()!))
        {
            throw new SchemaException($"{pointer}/type: put this type in the place of the object around it");
        }
    }

    private void WriteContainer(string type, string member, JsonElement schema, string pointer, bool inNamespace)
    {
        _json.WriteStartObject();
        _json.WriteString("type", type);
        _json.WritePropertyName(member);
        Write(SchemaText.Required(schema, member, pointer), $"{pointer}/{member}", inNamespace);
        _json.WriteEndObject();
    }

    /// <summary>Writes the start of a record, enum or fixed. The caller writes its end.</summary>
    private void WriteNamed(JsonElement schema, string pointer, bool inNamespace)
    {
        string name = SchemaText.OptionalString(schema, "name", pointer) ?? throw SchemaText.Missing("name", pointer);
        SchemaName.CheckDefined(name, pointer + "/name");
        SchemaText.OptionalString(schema, "doc", pointer);
        foreach (string alias in SchemaText.Strings(schema, "aliases", pointer))
        {
            SchemaName.CheckDefined(alias, pointer + "/aliases");
        }

        _json.WriteStartObject();
        _json.WriteString("type", SchemaText.Required(schema, "type", pointer).GetString());
        _json.WriteString("name", name);
        if (name.Contains('.', StringComparison.Ordinal))
        {
            return;
        }

        string? space = SchemaText.OptionalString(schema, "namespace", pointer);
        if (space is { Length: 0 } && inNamespace)
        {
            throw new SchemaException(
                $"{pointer}/namespace: an empty namespace inside another namespace is not supported, because Avro readers interpret it differently");
        }

        if (string.IsNullOrEmpty(space))
        {
            return;
        }

        SchemaName.CheckDotted(space, pointer + "/namespace");
        _json.WriteString("namespace", space);
    }

    private void WriteFields(JsonElement schema, string pointer, bool inNamespace)
    {
        JsonElement fields = SchemaText.Required(schema, "fields", pointer);
        if (fields.ValueKind != JsonValueKind.Array)
        {
            throw new SchemaException($"{pointer}/fields: an array is expected");
        }

        _json.WriteStartArray("fields");
        int index = 0;
        foreach (JsonElement field in fields.EnumerateArray())
        {
            WriteField(field, $"{pointer}/fields/{index++}", inNamespace);
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private void WriteField(JsonElement field, string pointer, bool inNamespace)
    {
        if (field.ValueKind != JsonValueKind.Object)
        {
            throw new SchemaException($"{pointer}: a field is an object");
        }

        string name = SchemaText.OptionalString(field, "name", pointer) ?? throw SchemaText.Missing("name", pointer);
        SchemaName.CheckSimple(name, pointer + "/name");
        SchemaText.OptionalString(field, "doc", pointer);
        foreach (string alias in SchemaText.Strings(field, "aliases", pointer))
        {
            SchemaName.CheckSimple(alias, pointer + "/aliases");
        }

        if (SchemaText.OptionalString(field, "order", pointer) is not (null or "ascending" or "descending" or "ignore"))
        {
            throw new SchemaException($"{pointer}/order: ascending, descending or ignore is expected");
        }

        _json.WriteStartObject();
        _json.WriteString("name", name);
        _json.WritePropertyName("type");
        Write(SchemaText.Required(field, "type", pointer), pointer + "/type", inNamespace);
        _json.WriteEndObject();
    }

    private void WriteSymbols(JsonElement schema, string pointer)
    {
        SchemaText.Required(schema, "symbols", pointer);
        string[] symbols = [.. SchemaText.Strings(schema, "symbols", pointer)];
        _json.WriteStartArray("symbols");
        foreach (string symbol in symbols)
        {
            SchemaName.CheckSimple(symbol, pointer + "/symbols");
            _json.WriteStringValue(symbol);
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        if (SchemaText.OptionalString(schema, "default", pointer) is { } fallback && !symbols.Contains(fallback))
        {
            throw new SchemaException($"{pointer}/default: \"{fallback}\" is not one of the symbols");
        }
    }

    private void WriteSize(JsonElement schema, string pointer)
    {
        JsonElement size = SchemaText.Required(schema, "size", pointer);
        if (size.ValueKind != JsonValueKind.Number || !size.TryGetInt32(out int bytes) || bytes is < 1 or > ValueLimits.MaxFixedBytes)
        {
            throw new SchemaException($"{pointer}/size: a number from 1 to {ValueLimits.MaxFixedBytes} is expected");
        }

        _json.WriteNumber("size", bytes);
        _json.WriteEndObject();
    }

    private static bool HasNamespace(JsonElement schema) =>
        schema.GetProperty("name").GetString()!.Contains('.', StringComparison.Ordinal)
        || (schema.TryGetProperty("namespace", out JsonElement space) && space.GetString()!.Length > 0);
}
