using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Headwater.Functions.Tests.Worker;

/// <summary>One request. Returns its answer as text, with placeholders for everything that may differ between two hosts.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path and query.</param>
/// <param name="Json">The body; null for none.</param>
/// <param name="Headers">Alternating names and values.</param>
internal sealed partial record Call(string Method, string Path, string? Json = null, params string[] Headers)
{
    private static readonly string[] OfTheServer = ["Date", "Server"];

    public HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), Path);
        if (Json is not null)
        {
            request.Content = new StringContent(Json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        foreach (string[] header in Headers.Chunk(2))
        {
            request.Headers.TryAddWithoutValidation(header[0], header[1]);
        }

        return request;
    }

    public async Task<string> SendAsync(HttpClient client, CancellationToken cancellation)
    {
        using HttpRequestMessage request = Request();
        using HttpResponseMessage response = await client.SendAsync(request, cancellation);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation);
        bool isText = response.Content.Headers.ContentType?.MediaType is { } type && type.Contains("json", StringComparison.Ordinal)
            && response.Content.Headers.ContentEncoding.Count == 0;
        IEnumerable<string> headers = response.Headers.Concat(response.Content.Headers)
            .Where(h => !OfTheServer.Contains(h.Key) && h.Key != "Content-Length")
            .Select(h => $"{h.Key}: {string.Join(", ", h.Value)}").Order(StringComparer.Ordinal);
        return Alike(
            $"{Method} {Path}\n{(int)response.StatusCode}\n{string.Join('\n', headers)}\n\n"
                + $"{(isText ? Encoding.UTF8.GetString(body) : $"(bytes: {body.Length > 0})")}");
    }

    private static string Alike(string text) =>
        Etag().Replace(Epoch().Replace(Id().Replace(Time().Replace(Url().Replace(text, "URL"), "TIME"), "ID"), "EPOCH"), "ETag: TAG");

    [GeneratedRegex("""http://127\.0\.0\.1:\d+[^\s"]*""")]
    private static partial Regex Url();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+Z")]
    private static partial Regex Time();

    [GeneratedRegex(@"\b[0-9a-f]{32}\b")]
    private static partial Regex Id();

    /// <summary>A generation starts as Unix milliseconds, which have 13 digits.</summary>
    [GeneratedRegex(@"\b1\d{12}\b")]
    private static partial Regex Epoch();

    [GeneratedRegex("ETag: .*")]
    private static partial Regex Etag();
}
