using System.Text.Json.Nodes;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Requests;
using Headwater.Http.Routing;

namespace Headwater.Http.OpenApi;

/// <summary>The components of the document: those that the routes refer to, and the components that these refer to.</summary>
internal static class Components
{
    public const string FunctionKey = "functionKey";

    public static JsonObject For(IReadOnlyList<Route> routes)
    {
        var schemas = new SchemaWriter();
        IEnumerable<Content> contents = routes.SelectMany(r => r.Contract.Bodies.Concat(r.Contract.Answers.SelectMany(a => a.Contents)));
        foreach (string name in contents.Select(c => c.Schema).Distinct())
        {
            Add(schemas, name);
        }

        schemas.Components["ErrorCode"] = new JsonObject
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([.. Enum.GetValues<ErrorCode>().Select(c => (JsonNode)c.WireName())]),
        };
        foreach (int status in Enum.GetValues<ErrorCode>().Select(c => c.Status()).Where(s => s != 405).Distinct().Order())
        {
            schemas.Components[ProblemSchemas.NameOf(status)] ??= ProblemSchemas.Of(status, schemas);
        }

        return new JsonObject
        {
            ["schemas"] = schemas.Components,
            ["parameters"] = new JsonObject(Parameters.All.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value.ToJson()))),
            ["headers"] = new JsonObject(Parameters.AnswerHeaders.Select(h => KeyValuePair.Create(h.Key, (JsonNode?)h.Value.ToHeader()))),
            ["securitySchemes"] = new JsonObject
            {
                [FunctionKey] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = HeaderNames.FunctionKey },
            },
        };
    }

    private static void Add(SchemaWriter schemas, string name)
    {
        if (SchemaNames.Bodies.TryGetValue(name, out Type? record))
        {
            schemas.Reference(record);
        }
        else
        {
            schemas.Components[name] = Other(schemas, name);
        }
    }

    /// <summary>Bodies that are not one record.</summary>
    private static JsonObject Other(SchemaWriter schemas, string name) => name switch
    {
        "EventsIn" => Array(schemas, typeof(EventBody), "An object with this array as member events is also accepted, and so is one event without an array."),
        "CloudEvents" => Array(schemas, typeof(CloudEventBody), "CloudEvents 1.0, JSON batch format."),
        "NdJsonIn" => Text("One EventIn per line; blank lines are ignored.", null),
        "NdJsonOut" => Text("One EventOut per line.", null),
        "PartitionNdJsonOut" => Text("One PartitionEventOut per line.", null),
        "AvroFile" => Text(
            "An Avro object container file. In an append, each record has the stream's schema, or a field value of that schema "
            + "and optionally key, headers and time. "
            + "In a read: whole stored blocks of one segment; the file may begin before the requested offset.",
            "binary"),
        "OpenApi" => new JsonObject { ["type"] = "object", ["description"] = "An OpenAPI 3.0 document." },
        _ => throw new InvalidOperationException($"No schema is named {name}."),
    };

    private static JsonObject Array(SchemaWriter schemas, Type record, string description) =>
        new() { ["type"] = "array", ["description"] = description, ["items"] = schemas.Reference(record) };

    private static JsonObject Text(string description, string? format)
    {
        var text = new JsonObject { ["type"] = "string", ["description"] = description };
        if (format is not null)
        {
            text["format"] = format;
        }

        return text;
    }
}
