using System.Text.Json;

namespace Headwater.Client;

/// <summary>A type of a schema, as far as values are read straight into C# types.</summary>
/// <param name="Type">Avro's name of the type, or <c>union</c>.</param>
internal sealed record AvroNode(string Type)
{
    /// <summary>The logical type; null if there is none.</summary>
    public string? Logical { get; init; }

    /// <summary>The items of an array, or the values of a map.</summary>
    public AvroNode? Items { get; init; }

    /// <summary>The branches of a union.</summary>
    public IReadOnlyList<AvroNode> Branches { get; init; } = [];

    /// <summary>The fields of a record, in stored order.</summary>
    public IReadOnlyList<(string Name, AvroNode Node)> Fields { get; init; } = [];

    /// <summary>The symbols of an enum.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>The bytes of a fixed.</summary>
    public int Size { get; init; }

    /// <summary>The bytes of the smallest value, but 1 if that is more.</summary>
    public int LeastBytes => Type switch
    {
        "null" => 0,
        "fixed" => Math.Min(Size, 1),
        "record" => Fields.Any(f => f.Node.LeastBytes > 0) ? 1 : 0,
        _ => 1,
    };

    /// <summary>The types within the type.</summary>
    public IEnumerable<AvroNode> Parts => Items is { } items ? [items] : Branches.Count > 0 ? Branches : Fields.Select(f => f.Node);

    /// <summary>Reads a schema that <c>ValueSchema</c> has accepted.</summary>
    /// <returns>Null if a type contains itself, or a name is not found as it is written.</returns>
    public static AvroNode? Parse(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        return Parse(document.RootElement, "", new Dictionary<string, AvroNode>(StringComparer.Ordinal));
    }

    private static AvroNode? Parse(JsonElement schema, string space, Dictionary<string, AvroNode> named) => schema.ValueKind switch
    {
        JsonValueKind.String => Named(schema.GetString()!, space, named),
        JsonValueKind.Array => Union(schema, space, named),
        _ => Described(schema, space, named),
    };

    private static AvroNode? Named(string name, string space, Dictionary<string, AvroNode> named) =>
        name is "null" or "boolean" or "int" or "long" or "float" or "double" or "bytes" or "string"
            ? new AvroNode(name)
            : named.GetValueOrDefault(FullName(name, space));

    private static AvroNode? Union(JsonElement schema, string space, Dictionary<string, AvroNode> named)
    {
        List<AvroNode> branches = [];
        foreach (JsonElement branch in schema.EnumerateArray())
        {
            if (Parse(branch, space, named) is not { } node)
            {
                return null;
            }

            branches.Add(node);
        }

        return new AvroNode("union") { Branches = branches };
    }

    private static AvroNode? Described(JsonElement schema, string space, Dictionary<string, AvroNode> named)
    {
        JsonElement type = schema.GetProperty("type");
        if (type.ValueKind != JsonValueKind.String)
        {
            return Parse(type, space, named);
        }

        string? logical = schema.TryGetProperty("logicalType", out JsonElement given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        switch (type.GetString())
        {
            case "array":
                return Parse(schema.GetProperty("items"), space, named) is { } items ? new AvroNode("array") { Items = items } : null;
            case "map":
                return Parse(schema.GetProperty("values"), space, named) is { } values ? new AvroNode("map") { Items = values } : null;
            case "record" or "enum" or "fixed":
                return Definition(schema, type.GetString()!, logical, space, named);
            default:
                return Named(type.GetString()!, space, named) is { } node ? node with { Logical = logical } : null;
        }
    }

    private static AvroNode? Definition(JsonElement schema, string type, string? logical, string space, Dictionary<string, AvroNode> named)
    {
        string own = schema.TryGetProperty("namespace", out JsonElement given) ? given.GetString()! : space;
        string name = FullName(schema.GetProperty("name").GetString()!, own);
        int dot = name.LastIndexOf('.');
        AvroNode? node = type switch
        {
            "record" => Record(schema, dot < 0 ? "" : name[..dot], named),
            "enum" => new AvroNode(type) { Symbols = [.. schema.GetProperty("symbols").EnumerateArray().Select(s => s.GetString()!)] },
            _ => new AvroNode(type) { Size = schema.GetProperty("size").GetInt32(), Logical = logical },
        };
        if (node is not null)
        {
            named[name] = node;
        }

        return node;
    }

    /// <summary>A record is known by its name only after its fields, so a type that contains itself is not found.</summary>
    private static AvroNode? Record(JsonElement schema, string space, Dictionary<string, AvroNode> named)
    {
        List<(string, AvroNode)> fields = [];
        foreach (JsonElement field in schema.GetProperty("fields").EnumerateArray())
        {
            if (Parse(field.GetProperty("type"), space, named) is not { } node)
            {
                return null;
            }

            fields.Add((field.GetProperty("name").GetString()!, node));
        }

        return new AvroNode("record") { Fields = fields };
    }

    private static string FullName(string name, string space) => name.Contains('.', StringComparison.Ordinal) || space.Length == 0 ? name : $"{space}.{name}";
}
