using System.Text.Json.Nodes;
using Headwater.Contracts.Errors;
using Headwater.Http.Routing;
using Xunit;

namespace Headwater.Http.Tests.OpenApi;

public sealed class OpenApiTests
{
    private readonly TestApi _api = new();

    [Fact]
    public async Task Every_route_is_in_the_document()
    {
        JsonNode document = await DocumentAsync();
        foreach (Route route in _api.Api.Routes)
        {
            Assert.NotNull(document["paths"]!["/" + route.Template]?[route.Method.ToLowerInvariant()]);
        }
    }

    [Fact]
    public async Task The_document_has_no_route_that_is_not_there()
    {
        JsonNode document = await DocumentAsync();
        int operations = document["paths"]!.AsObject().Sum(p => p.Value!.AsObject().Count);
        Assert.Equal(_api.Api.Routes.Count, operations);
    }

    [Fact]
    public async Task Every_reference_resolves()
    {
        JsonNode document = await DocumentAsync();
        foreach (string reference in References(document))
        {
            Assert.NotNull(Resolve(document, reference));
        }
    }

    [Fact]
    public async Task Every_component_is_used()
    {
        JsonNode document = await DocumentAsync();
        IEnumerable<string> schemes = document["security"]!.AsArray().SelectMany(s => s!.AsObject()).Select(s => $"#/components/securitySchemes/{s.Key}");
        HashSet<string> used = [.. References(document), .. schemes];
        foreach ((string kind, JsonNode? components) in document["components"]!.AsObject())
        {
            foreach ((string name, _) in components!.AsObject())
            {
                Assert.Contains($"#/components/{kind}/{name}", used);
            }
        }
    }

    /// <summary>Each API writes its document at the first request, so eight of them write at once.</summary>
    [Fact]
    public async Task Documents_that_are_written_at_the_same_time_are_equal()
    {
        string[] documents = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            (await new TestApi().GetAsync("/openapi.json")).Json.ToJsonString())));

        Assert.Single(documents.Distinct());
    }

    [Fact]
    public async Task Operation_ids_are_unique()
    {
        string[] ids = [.. Operations(await DocumentAsync()).Select(o => (string)o["operationId"]!)];
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public async Task Every_name_in_a_path_is_a_required_path_parameter()
    {
        JsonNode document = await DocumentAsync();
        foreach (Route route in _api.Api.Routes)
        {
            JsonNode operation = document["paths"]!["/" + route.Template]![route.Method.ToLowerInvariant()]!;
            IEnumerable<string> inPath = (operation["parameters"]?.AsArray() ?? [])
                .Select(p => Resolve(document, (string)p!["$ref"]!)!)
                .Where(p => (string?)p["in"] == "path" && (bool)p["required"]!)
                .Select(p => (string)p["name"]!);
            Assert.Equal(route.Template.Split('/').Where(s => s.StartsWith('{')).Select(s => s[1..^1]), inPath);
        }
    }

    [Fact]
    public async Task Every_operation_tells_a_success_and_the_problems()
    {
        foreach (JsonNode operation in Operations(await DocumentAsync()))
        {
            string[] statuses = [.. operation["responses"]!.AsObject().Select(r => r.Key)];
            Assert.Contains(statuses, s => s.StartsWith('2'));
            Assert.Contains("500", statuses);
        }
    }

    [Fact]
    public async Task Every_code_is_in_the_enumeration()
    {
        JsonNode document = await DocumentAsync();
        Assert.Equal(
            Enum.GetValues<ErrorCode>().Select(c => c.WireName()),
            document["components"]!["schemas"]!["ErrorCode"]!["enum"]!.AsArray().Select(c => (string)c!));
    }

    [Fact]
    public async Task The_append_routes_tell_every_media_type_they_take()
    {
        JsonNode document = await DocumentAsync();
        JsonObject content = document["paths"]!["/streams/{stream}/events"]!["post"]!["requestBody"]!["content"]!.AsObject();
        Assert.Equal(Http.Append.AppendBodies.Accepted, content.Select(c => c.Key));
    }

    [Fact]
    public async Task The_document_is_of_version_3_0() => Assert.StartsWith("3.0.", (string?)(await DocumentAsync())["openapi"], StringComparison.Ordinal);

    private static IEnumerable<JsonNode> Operations(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(o => o.Value!);

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(m => m.Key == "$ref" ? [(string)m.Value!] : References(m.Value)),
        JsonArray array => array.SelectMany(References),
        _ => [],
    };

    private static JsonNode? Resolve(JsonNode document, string reference) =>
        reference.Split('/').Skip(1).Aggregate<string, JsonNode?>(document, (node, part) => node?[part]);

    private async Task<JsonNode> DocumentAsync() => (await _api.GetAsync("/openapi.json")).Json;
}
