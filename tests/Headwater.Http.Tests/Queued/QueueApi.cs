using System.Text;
using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Headwater.Queues.Handling;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>The API with its queues. Tests pump the queues themselves; messages are handled one at a time, as a host passes them.</summary>
internal sealed class QueueApi
{
    public QueueApi(QueuedOptions? options = null, Func<IBlobs, IBlobs>? wrap = null, Log.Model.LogOptions? log = null) =>
        Api = new TestApi(options: log, wrap: wrap, queued: options ?? QueuedOptions.Default with { PredecessorTimeout = TimeSpan.Zero });

    public TestApi Api { get; }

    /// <summary>Posts with <c>Prefer: respond-async</c>.</summary>
    public Task<Reply> PostAsync(string body, params (string Name, string Value)[] headers) =>
        Api.PostAsync("/streams/s/events", body, [.. headers, ("Prefer", "respond-async")]);

    /// <summary>Posts with <c>Prefer: respond-async</c> and returns the path of the status route.</summary>
    public async Task<string> AcceptedAsync(string body, params (string Name, string Value)[] headers)
    {
        Reply reply = await PostAsync(body, headers);
        Assert.Equal(202, reply.Status);
        return reply.Header("Location");
    }

    public ValueTask PutAsync(string queue, string text) => Api.Queues.SendAsync(queue, Encoding.UTF8.GetBytes(text), TimeSpan.Zero, TestApi.Cancellation);

    /// <summary>Handles every visible message once.</summary>
    /// <returns>The number of messages.</returns>
    public async Task<int> PumpAsync(string queue = "appends", bool keep = false)
    {
        IReadOnlyList<QueuedMessage> page = await Api.Queues.ReceiveAsync(queue, 32, TimeSpan.FromSeconds(10), TestApi.Cancellation);
        foreach (QueuedMessage message in page)
        {
            await Api.Queued.HandleAsync(queue, message.Body, message.Enqueued, message.DequeueCount, TestApi.Cancellation);
            if (!keep)
            {
                await Api.Queues.DeleteAsync(queue, message.Receipt, TestApi.Cancellation);
            }
        }

        return page.Count;
    }

    /// <summary>Handles messages until both queues are empty, and advances time for delayed messages.</summary>
    public async Task DrainAsync(TimeSpan? patience = null)
    {
        DateTimeOffset end = Api.Time.GetUtcNow() + (patience ?? TimeSpan.FromDays(1));
        while (Api.Queues.Bodies("appends").Count + Api.Queues.Bodies("inbox").Count > 0 && Api.Time.GetUtcNow() < end)
        {
            if (await PumpAsync() + await PumpAsync("inbox") == 0)
            {
                Api.Time.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>The poisoned messages.</summary>
    public async Task<JsonArray> PoisonAsync() => (await Api.GetAsync("/appends/poison")).Json["messages"]!.AsArray();

    public async Task<string?[]> PoisonCodesAsync() => [.. (await PoisonAsync()).Select(m => (string?)m!["code"])];

    public async Task<IReadOnlyList<long>> ValuesAsync(int partition = 0) => [.. (await Api.EventsAsync(partition)).Select(e => (long)e!["value"]!)];

    public static string Envelope(string id, string stream, string events, string more = "") =>
        $$"""{"version":1,"id":"{{id}}","stream":"{{stream}}","events":{{events}}{{more}}}""";

    public static string CloudEvent(string id, string data, string stream = "s", string more = "") =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"/shop","type":"t","stream":"{{stream}}","data":{{data}}{{more}}}""";
}
