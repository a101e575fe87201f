using System.Globalization;
using System.Text.Json.Nodes;
using Headwater.Http.Routing;
using NJsonSchema;
using NSwag;

namespace Headwater.Http.Tests.OpenApi;

/// <summary>Compares real answers with what <c>/openapi.json</c> says about them.</summary>
internal static class DocumentCheck
{
    private static readonly Lazy<Task<OpenApiDocument>> Document = new(ReadAsync);

    /// <summary>What the document does not allow in an answer; empty if the path has no route.</summary>
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

    // The document allows members to be added later. Here an unknown one is a fault, so that no answer has a member that the document does not tell.
    private static async Task<OpenApiDocument> ReadAsync()
    {
        JsonNode document = (await new TestApi().GetUncheckedAsync("/openapi.json")).Json;
        foreach ((string name, JsonNode? schema) in document["components"]!["schemas"]!.AsObject())
        {
            // CloudEvents have extension attributes, whose names are the sender's.
            if (name != "CloudEvent" && schema!["properties"] is not null)
            {
                schema!["additionalProperties"] = false;
            }
        }

        return await OpenApiDocument.FromJsonAsync(document.ToJsonString());
    }
}
