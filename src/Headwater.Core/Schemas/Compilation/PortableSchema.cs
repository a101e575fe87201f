using System.Text.Json;

namespace Headwater.Core.Schemas.Compilation;

/// <summary>
/// What other Avro implementations refuse although the specification's grammar can be read to allow it. Streams created before these rules keep their
/// schemas; a new one could not be
/// opened by python-avro or avsc.
/// </summary>
internal static class PortableSchema
{
    private const int MaxNameLength = 1024;

    /// <summary>
    /// Names that a schema may not give to a type: those of the types there are (Avro 1.12, Names: primitive names "may not be defined in any
    /// namespace").
    /// </summary>
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal)
    {
        "null", "boolean", "int", "long", "float", "double", "bytes", "string",
        "array", "map", "record", "enum", "fixed", "union", "error", "error_union", "request",
    };

    /// <param name="schema">Known to be a schema.</param>
    /// <exception cref="SchemaException">It is refused elsewhere.</exception>
    public static void Check(JsonElement schema) => Check(schema, "");

    private static void Check(JsonElement schema, string pointer)
    {
        if (schema.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement branch in schema.EnumerateArray())
            {
                Check(branch, $"{pointer}/{index++}");
            }
        }
        else if (schema.ValueKind == JsonValueKind.Object)
        {
            CheckObject(schema, pointer);
        }
    }

    private static void CheckObject(JsonElement schema, string pointer)
    {
        JsonElement type = schema.GetProperty("type");
        if (type.ValueKind != JsonValueKind.String)
        {
            throw new SchemaException($"{pointer}/type: a type's name is expected; write the members of the inner type in the place of the object around it");
        }

        switch (type.GetString())
        {
            case "array":
                Check(schema.GetProperty("items"), pointer + "/items");
                break;
            case "map":
                Check(schema.GetProperty("values"), pointer + "/values");
                break;
            case "enum":
                CheckName(schema, pointer);
                CheckSymbols(schema, pointer);
                break;
            case "fixed":
                CheckName(schema, pointer);
                break;
            case "record":
                CheckName(schema, pointer);
                CheckFields(schema, pointer);
                break;
        }
    }

    private static void CheckFields(JsonElement record, string pointer)
    {
        int index = 0;
        foreach (JsonElement field in record.GetProperty("fields").EnumerateArray())
        {
            string at = $"{pointer}/fields/{index++}";
            CheckLength(field.GetProperty("name").GetString()!, at + "/name");
            Check(field.GetProperty("type"), at + "/type");
        }
    }

    private static void CheckName(JsonElement schema, string pointer)
    {
        string name = schema.GetProperty("name").GetString()!;
        CheckLength(name, pointer + "/name");
        if (schema.TryGetProperty("namespace", out JsonElement space))
        {
            CheckLength(space.GetString()!, pointer + "/namespace");
        }

        string simple = name[(name.LastIndexOf('.') + 1)..];
        if (Taken.Contains(simple))
        {
            throw new SchemaException($"{pointer}/name: \"{simple}\" is the name of a type of Avro itself and cannot be given to another; choose another name");
        }
    }

    private static void CheckSymbols(JsonElement schema, string pointer)
    {
        int index = 0;
        foreach (JsonElement symbol in schema.GetProperty("symbols").EnumerateArray())
        {
            CheckLength(symbol.GetString()!, $"{pointer}/symbols/{index++}");
        }
    }

    private static void CheckLength(string name, string pointer)
    {
        if (name.Length > MaxNameLength)
        {
            throw new SchemaException($"{pointer}: a name has at most {MaxNameLength} characters, this one has {name.Length}");
        }
    }
}
