using System.Globalization;
using System.Text.Json.Nodes;
using Headwater.Http.Routing;
using NJsonSchema;
using NSwag;

namespace Headwater.Http.Tests.OpenApi;

/// <summary>Validates real answers against <c>/openapi.json</c>.</summary>
internal static class DocumentCheck
{
    private static readonly Lazy<Task<OpenApiDocument>> Document = new(ReadAsync);

    /// <summary>Violations of the document in an answer; empty if the path has no route.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(TestApi api, string method, string path, Reply reply)
    {
        string plain = Uri.UnescapeDataString(path.Split('?')[0]);
        Route? route = api.Api.Routes.FirstOrDefault(r => r.Method == method && r.Pattern.Matches(plain));
        if (route is null)
        {
            return [];
        }

        OpenApiOperation operation = (await Document.Value).Paths["/" + route.Template][method.ToLowerInvariant()];
        if (!operation.Responses.TryGetValue(reply.Status.ToString(CultureInfo.InvariantCulture), out OpenApiResponse? response))
        {
            return [$"{route} answers {reply.Status}, which the document does not know: {reply.Text}"];
        }

        string mediaType = reply.Header("Content-Type");
        if (reply.Raw.Length == 0)
        {
            return response.ActualResponse.Content.Count == 0 ? [] : [$"{route} answers {reply.Status} without a body."];
        }

        if (!response.ActualResponse.Content.TryGetValue(mediaType, out OpenApiMediaType? content))
        {
            return [$"{route} answers {reply.Status} with {mediaType}, which the document does not know."];
        }

        if (!mediaType.EndsWith("json", StringComparison.Ordinal) || mediaType.EndsWith("ndjson", StringComparison.Ordinal))
        {
            return [];
        }

        return [.. content.Schema.ActualSchema.Validate(reply.Text, SchemaType.OpenApi3).Select(e => $"{route} {reply.Status}: {e} in {reply.Text}")];
    }

    // The document allows unknown members, because later versions may add some. This check rejects them, so that every member is documented.
    private static async Task<OpenApiDocument> ReadAsync()
    {
        JsonNode document = (await new TestApi().GetUncheckedAsync("/openapi.json")).Json;
        foreach ((string name, JsonNode? schema) in document["components"]!["schemas"]!.AsObject())
        {
            // Senders choose the names of CloudEvents' extension attributes.
            if (name != "CloudEvent" && schema!["properties"] is not null)
            {
                schema!["additionalProperties"] = false;
            }
        }

        return await OpenApiDocument.FromJsonAsync(document.ToJsonString());
    }
}
