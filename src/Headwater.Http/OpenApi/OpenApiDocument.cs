using System.Buffers;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Headwater.Contracts.Media;
using Headwater.Http.Routing;

namespace Headwater.Http.OpenApi;

/// <summary>Describes the route table as OpenAPI 3.0 (https://spec.openapis.org/oas/v3.0.4.html), which more generators understand than 3.1.</summary>
internal static class OpenApiDocument
{
    /// <summary>Every route may answer these codes.</summary>
    private static readonly ErrorCode[] Always = [ErrorCode.InvalidParameter, ErrorCode.Forbidden, ErrorCode.StorageUnavailable, ErrorCode.Internal];

    public static byte[] Write(IReadOnlyList<Route> routes)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using (var json = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("openapi", "3.0.4");
            WriteInfo(json);
            WriteServersAndSecurity(json);
            json.WriteStartObject("paths");
            foreach (IGrouping<string, Route> path in routes.GroupBy(r => r.Template))
            {
                WritePath(json, path.Key, path);
            }

            json.WriteEndObject();
            json.WritePropertyName("components");
            Components.For(routes).WriteTo(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteInfo(Utf8JsonWriter json)
    {
        json.WriteStartObject("info");
        json.WriteString("title", "Headwater");
        json.WriteString("version", ApiVersion.Text);
        json.WriteString("description", "An immutable, partitioned, schema-typed event log on object storage.");
        json.WriteEndObject();
    }

    private static void WriteServersAndSecurity(Utf8JsonWriter json)
    {
        json.WriteStartArray("servers");
        json.WriteStartObject();
        json.WriteString("url", "/");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("security");
        json.WriteStartObject();
        json.WriteStartArray(Components.FunctionKey);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WritePath(Utf8JsonWriter json, string template, IEnumerable<Route> routes)
    {
        json.WriteStartObject("/" + template);
        foreach (Route route in routes)
        {
            json.WriteStartObject(route.Method.ToLowerInvariant());
            json.WriteString("operationId", route.Contract.Id);
            json.WriteString("summary", route.Summary);
            json.WriteStartArray("tags");
            json.WriteStringValue(route.Contract.Tag);
            json.WriteEndArray();
            json.WriteString("x-access", route.Access switch { AccessLevel.Function => "function", AccessLevel.Admin => "admin" });
            WriteParameters(json, route);
            WriteBody(json, route.Contract);
            WriteResponses(json, route);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteParameters(Utf8JsonWriter json, Route route)
    {
        string[] names = [.. route.Pattern.Names, .. route.Contract.Parameters];
        if (names.Length == 0)
        {
            return;
        }

        json.WriteStartArray("parameters");
        foreach (string name in names)
        {
            WriteReference(json, "parameters", name);
        }

        json.WriteEndArray();
    }

    private static void WriteBody(Utf8JsonWriter json, RouteContract contract)
    {
        if (contract.Bodies.Count == 0)
        {
            return;
        }

        json.WriteStartObject("requestBody");
        json.WriteBoolean("required", contract.Appends);
        WriteContents(json, contract.Bodies);
        json.WriteEndObject();
    }

    private static void WriteResponses(Utf8JsonWriter json, Route route)
    {
        RouteContract contract = route.Contract;
        ErrorCode[] conditions = route.Writes ? [ErrorCode.PreconditionFailed] : [];
        json.WriteStartObject("responses");
        foreach (Success answer in contract.Answers)
        {
            WriteAnswer(json, answer);
        }

        foreach (IGrouping<int, ErrorCode> status in contract.Errors.Concat(Always).Concat(conditions).GroupBy(c => c.Status()).OrderBy(g => g.Key))
        {
            json.WriteStartObject(status.Key.ToString(System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("description", string.Join(", ", status.Select(c => c.WireName())));
            WriteContents(json, [new Content(MediaTypes.Problem, ProblemSchemas.NameOf(status.Key))]);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteAnswer(Utf8JsonWriter json, Success answer)
    {
        json.WriteStartObject(answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("description", answer.Description);
        if (answer.Headers.Count > 0)
        {
            json.WriteStartObject("headers");
            foreach (string header in answer.Headers)
            {
                json.WritePropertyName(header);
                WriteReference(json, "headers", header);
            }

            json.WriteEndObject();
        }

        if (answer.Contents.Length > 0)
        {
            WriteContents(json, answer.Contents);
        }

        json.WriteEndObject();
    }

    private static void WriteContents(Utf8JsonWriter json, IReadOnlyList<Content> contents)
    {
        json.WriteStartObject("content");
        foreach (Content content in contents)
        {
            json.WriteStartObject(content.MediaType);
            json.WritePropertyName("schema");
            WriteReference(json, "schemas", content.Schema);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteReference(Utf8JsonWriter json, string kind, string name)
    {
        json.WriteStartObject();
        json.WriteString("$ref", $"#/components/{kind}/{name}");
        json.WriteEndObject();
    }
}
