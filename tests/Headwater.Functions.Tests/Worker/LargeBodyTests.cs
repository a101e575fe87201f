using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Headwater.Functions.Tests.Worker;

/// <summary>Bodies near the limit of 25 MB. Neither the worker's server nor the channel to the host may truncate or reject them.</summary>
public sealed class LargeBodyTests(RunningWorker running)
{
    private const int EventBytes = 10_000;

    [Fact]
    public async Task A_body_of_24_MB_is_appended_and_read_back_as_a_stream()
    {
        const int Events = 24_000_000 / EventBytes;
        HttpClient http = (await running.HostsAsync()).Worker.Http;
        await CreateAsync(http, "large", """{"partitions":8,"codec":"null"}""");

        using HttpResponseMessage appended =
            await http.PostAsync(new Uri("/streams/large/events", UriKind.Relative), Lines(Events), TestContext.Current.CancellationToken);
        string answer = await appended.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        int read = 0;
        foreach (JsonNode? share in JsonNode.Parse(answer)!["partitions"]!.AsArray())
        {
            read += await ReadAsync(http, (int)share!["partition"]!);
        }

        Assert.Equal((HttpStatusCode.OK, Events, Events), (appended.StatusCode, (int)JsonNode.Parse(answer)!["count"]!, read));
    }

    [Fact]
    public async Task A_body_of_26_MB_is_answered_with_a_problem()
    {
        HttpClient http = (await running.HostsAsync()).Worker.Http;
        await CreateAsync(http, "too-large", "{}");

        using HttpResponseMessage refused = await http.PostAsync(
            new Uri("/streams/too-large/events", UriKind.Relative), Lines(26_000_000 / EventBytes), TestContext.Current.CancellationToken);

        JsonNode problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), (refused.StatusCode, (string?)problem["code"]));
    }

    private static async Task CreateAsync(HttpClient http, string stream, string settings)
    {
        using HttpRequestMessage create = new Call("PUT", "/streams/" + stream, settings).Request();
        using HttpResponseMessage created = await http.SendAsync(create, TestContext.Current.CancellationToken);
        Assert.True(created.IsSuccessStatusCode);
    }

    private static ByteArrayContent Lines(int events)
    {
        var text = new StringBuilder(events * EventBytes);
        for (int i = 0; i < events; i++)
        {
            string start = $$"""{"key":"k{{i}}","value":""" + "\"";
            text.Append(start).Append('v', EventBytes - start.Length - 3).Append("\"}\n");
        }

        var body = new ByteArrayContent(Encoding.ASCII.GetBytes(text.ToString()));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return body;
    }

    /// <summary>Reads all events of a partition. The answers have no <c>Content-Length</c>.</summary>
    private static async Task<int> ReadAsync(HttpClient http, int partition)
    {
        using HttpRequestMessage request =
            new Call("GET", $"/streams/large/partitions/{partition}/events?limit=10000&maxBytes=33554432", null, "Accept", "application/x-ndjson").Request();
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Null(response.Content.Headers.ContentLength);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        int count = 0;
        while (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
        {
            count++;
        }

        return count;
    }
}
