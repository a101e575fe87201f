using System.Text.Json.Nodes;

namespace Headwater.Http.OpenApi;

/// <summary>The types of parameters and headers. Each has one type, because many generators do not support unions.</summary>
internal enum ParameterType
{
    Text,
    Int,
    Long,
}

/// <summary>A parameter of a request, or a header of an answer.</summary>
/// <param name="Name">The name on the wire.</param>
/// <param name="In"><c>path</c>, <c>query</c> or <c>header</c>.</param>
/// <param name="Type">The type of the value.</param>
internal sealed record Parameter(string Name, string In, ParameterType Type)
{
    public string? Description { get; init; }

    public long? Minimum { get; init; }

    public long? Maximum { get; init; }

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public string? Pattern { get; init; }

    public object? Default { get; init; }

    public IReadOnlyList<string> Names { get; init; } = [];

    public JsonObject ToJson()
    {
        var parameter = new JsonObject { ["name"] = Name, ["in"] = In };
        if (In == "path")
        {
            parameter["required"] = true;
        }

        foreach ((string name, JsonNode? value) in ToHeader())
        {
            parameter[name] = value?.DeepClone();
        }

        return parameter;
    }

    /// <summary>As a header of an answer: without name and location, which are the key in the document.</summary>
    public JsonObject ToHeader()
    {
        var header = new JsonObject();
        if (Description is not null)
        {
            header["description"] = Description;
        }

        header["schema"] = Schema();
        return header;
    }

    private JsonObject Schema()
    {
        JsonObject schema = Type switch
        {
            ParameterType.Text => new JsonObject { ["type"] = "string" },
            ParameterType.Int => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
            ParameterType.Long => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
        };
        Add(schema, "minimum", Minimum);
        Add(schema, "maximum", Maximum);
        Add(schema, "minLength", MinLength);
        Add(schema, "maxLength", MaxLength);
        Add(schema, "pattern", Pattern);
        Add(schema, "default", Default);
        if (Names.Count > 0)
        {
            schema["enum"] = new JsonArray([.. Names.Select(n => (JsonNode)n)]);
        }

        return schema;
    }

    private static void Add(JsonObject schema, string name, object? value)
    {
        if (value is not null)
        {
            schema[name] = JsonValue.Create(value);
        }
    }
}
