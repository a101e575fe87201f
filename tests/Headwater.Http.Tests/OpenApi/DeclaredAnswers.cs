using System.Text;
using System.Text.Json.Nodes;
using Headwater.Http.Routing;
using Xunit;

namespace Headwater.Http.Tests.OpenApi;

/// <summary>
/// The answers that <c>/openapi.json</c> declares, and those that were given. An answer is a route with a status; a success also counts once per media type and
/// once per header.
/// </summary>
internal sealed class DeclaredAnswers
{
    private readonly HashSet<string> _given = [];

    /// <summary>Sends a request, requires the status, and records the answer. <see cref="TestApi"/> compares the answer with the document.</summary>
    public async Task<Reply> SendAsync(TestApi api, int status, string method, string path, byte[] body, params (string Name, string Value)[] headers)
    {
        Reply reply = await api.SendAsync(method, path, body, headers);
        Assert.True(status == reply.Status, $"{method} {path} answers {reply.Status} instead of {status}: {reply.Text}");
        string plain = path.Split('?')[0];
        Route route = api.Api.Routes.First(r => r.Method == method && r.Pattern.Matches(plain));
        string answer = $"{route} {status}";
        _given.Add(answer);
        _given.Add($"{answer} as {reply.Header("Content-Type")}");
        _given.UnionWith(reply.Headers.Select(h => $"{answer} with {h.Key}"));
        return reply;
    }

    /// <summary>As the other, with a body of text; null: no body.</summary>
    public Task<Reply> SendAsync(TestApi api, int status, string method, string path, string? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(api, status, method, path, Encoding.UTF8.GetBytes(body ?? ""), headers);

    /// <summary>The declared answers that were not given.</summary>
    public async Task<IReadOnlyList<string>> MissingAsync()
    {
        JsonNode document = (await new TestApi().GetUncheckedAsync("/openapi.json")).Json;
        IEnumerable<string> declared = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().SelectMany(operation =>
            operation.Value!["responses"]!.AsObject().SelectMany(response =>
                Of($"{operation.Key.ToUpperInvariant()} {path.Key} {response.Key}", response.Value!))));
        return [.. declared.Where(answer => !_given.Contains(answer))];
    }

    private static IEnumerable<string> Of(string answer, JsonNode response) =>
    [
        answer,
        .. Names(response["content"]).Select(type => $"{answer} as {type}"),
        .. Names(response["headers"]).Select(header => $"{answer} with {header}"),
    ];

    private static IEnumerable<string> Names(JsonNode? map) => map?.AsObject().Select(m => m.Key) ?? [];
}
