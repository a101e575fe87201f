using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.EndToEnd.Tests.Queued;

/// <summary>
/// 20,000 events in random order: 60 sequenced posts of 6 producers, 140 posts of keyed events, some of them too large for a queue message, and 100
/// messages of CloudEvents. Every value names its sender.
/// </summary>
internal sealed class Burst(string stream, ulong seed)
{
    public const int Partitions = 4;
    public const int Total = ((Producers * Sequences) + Posts) * EventsPerPost + (Messages * EventsPerMessage);

    /// <summary>The number of stored batches: one per post and one per CloudEvent.</summary>
    public const int Batches = (Producers * Sequences) + Posts + (Messages * EventsPerMessage);

    private const int Producers = 6;
    private const int Sequences = 10;
    private const int Posts = 140;
    private const int EventsPerPost = 75;
    private const int Messages = 100;
    private const int EventsPerMessage = 50;

    private readonly SeededRandomness _random = new(seed);

    /// <summary>Sends all posts and messages in random order.</summary>
    public async Task SendAsync(QueueHost host, CancellationToken cancellation)
    {
        await StartProducersAsync(host.Http, cancellation);
        List<Func<Task>> sends =
        [
            .. from producer in Enumerable.Range(0, Producers)
               from sequence in Enumerable.Range(0, Sequences)
               select (Func<Task>)(() => PostAsync(host.Http, producer, sequence, cancellation)),
            .. from post in Enumerable.Range(0, Posts) select (Func<Task>)(() => PostAsync(host.Http, post, cancellation)),
            .. from message in Enumerable.Range(0, Messages) select (Func<Task>)(() => host.PutAsync(StorageNames.InboxQueue, Message(message)).AsTask()),
        ];
        await Parallel.ForEachAsync(sends.OrderBy(_ => _random.NextWord()), cancellation, async (send, _) => await send());
    }

    /// <summary>The values of all events, in no particular order.</summary>
    public static IEnumerable<string> Expected()
    {
        for (int producer = 0; producer < Producers; producer++)
        {
            foreach (string value in InOrder(producer))
            {
                yield return value;
            }
        }

        for (int post = 0; post < Posts; post++)
        {
            for (int i = 0; i < EventsPerPost; i++)
            {
                yield return Plain(post, i);
            }
        }

        for (int message = 0; message < Messages; message++)
        {
            for (int i = 0; i < EventsPerMessage; i++)
            {
                yield return Foreign(message, i);
            }
        }
    }

    /// <summary>A producer's values in the order in which its partition must hold them.</summary>
    public static IEnumerable<string> InOrder(int producer) =>
        from sequence in Enumerable.Range(0, Sequences) from i in Enumerable.Range(0, EventsPerPost) select Sequenced(producer, sequence, i);

    public static IEnumerable<int> AllProducers => Enumerable.Range(0, Producers);

    public static string PrefixOf(int producer) => string.Create(CultureInfo.InvariantCulture, $"p{producer}-");

    public static int PartitionOf(int producer) => producer % Partitions;

    private static string Sequenced(int producer, int sequence, int i) => string.Create(CultureInfo.InvariantCulture, $"p{producer}-{sequence:D3}-{i:D3}");

    private static string Plain(int post, int i) =>
        string.Create(CultureInfo.InvariantCulture, $"q{post}-{i:D3}{(post % 10 == 0 ? new string('x', 1_000) : "")}");

    private static string Foreign(int message, int i) => string.Create(CultureInfo.InvariantCulture, $"c{message}-{i:D3}");

    private async Task StartProducersAsync(HttpClient http, CancellationToken cancellation)
    {
        foreach (int producer in AllProducers)
        {
            using HttpResponseMessage answer = await http.PostAsync(
                new Uri($"/streams/{stream}/producers/{PrefixOf(producer)}", UriKind.Relative), null, cancellation);
            answer.EnsureSuccessStatusCode();
        }
    }

    private async Task PostAsync(HttpClient http, int producer, int sequence, CancellationToken cancellation)
    {
        IEnumerable<string> events = Enumerable.Range(0, EventsPerPost).Select(i => $$"""{"value":"{{Sequenced(producer, sequence, i)}}"}""");
        using HttpRequestMessage request = Request($"/streams/{stream}/partitions/{PartitionOf(producer)}/events", events);
        request.Headers.Add("Producer-Id", PrefixOf(producer));
        request.Headers.Add("Producer-Epoch", "1");
        request.Headers.Add("Producer-Sequence", sequence.ToString(CultureInfo.InvariantCulture));
        await AcceptedAsync(http, request, cancellation);
    }

    private async Task PostAsync(HttpClient http, int post, CancellationToken cancellation)
    {
        IEnumerable<string> events = Enumerable.Range(0, EventsPerPost).Select(i => $$"""{"key":"k{{i}}","value":"{{Plain(post, i)}}"}""");
        using HttpRequestMessage request = Request($"/streams/{stream}/events", events);
        await AcceptedAsync(http, request, cancellation);
    }

    private static HttpRequestMessage Request(string path, IEnumerable<string> events) => new(HttpMethod.Post, new Uri(path, UriKind.Relative))
    {
        Content = RunningLog.Body($"[{string.Join(',', events)}]"),
        Headers = { { "Prefer", "respond-async" } },
    };

    private static async Task AcceptedAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await http.SendAsync(request, cancellation);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    // Some queue client libraries encode messages as base64 and some do not, so half of the messages are encoded.
    private string Message(int message)
    {
        JsonArray events = [.. Enumerable.Range(0, EventsPerMessage).Select(i => (JsonNode)new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = Foreign(message, i),
            ["source"] = "/test/burst",
            ["type"] = "t",
            ["stream"] = stream,
            ["partitionkey"] = $"k{i}",
            ["data"] = Foreign(message, i),
        })];
        string text = events.ToJsonString();
        return message % 2 == 0 ? text : Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }
}
