using System.Text;
using System.Text.Json.Nodes;
using Headwater.Http.Pipeline;
using Headwater.Http.Routing;
using Headwater.Http.Tests.OpenApi;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Queues;
using Headwater.Queues.Handling;
using Headwater.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.Http.Tests;

/// <summary>The API over a real log on in-memory ports, called without a server.</summary>
internal sealed class TestApi
{
    public TestApi(AccessPolicy? access = null, LogOptions? options = null, Func<IBlobs, IBlobs>? wrap = null, QueuedOptions? queued = null)
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));
        Blobs = new InMemoryBlobs(Time);
        Tables = new InMemoryTables(Time);
        var ports = new LogPorts(wrap?.Invoke(Blobs) ?? Blobs, Tables, Time, new SeededRandomness(1));
        Queues = new InMemoryQueues(Time);
        Log = new EventLog(ports, options ?? LogOptions.Default);
        Queued = new QueuedAppends(Log, ports, Queues, queued ?? QueuedOptions.Default, NullLogger<QueuedAppends>.Instance);
        Api = new HeadwaterApi(Log, Queued, access ?? ((_, _) => ValueTask.FromResult("")), Time, new TestOutputLogger());
    }

    public FakeTimeProvider Time { get; }

    public IBlobs Blobs { get; }

    public InMemoryTables Tables { get; }

    public InMemoryQueues Queues { get; }

    public EventLog Log { get; }

    public QueuedAppends Queued { get; }

    public HeadwaterApi Api { get; }

    public static CancellationToken Cancellation => Xunit.TestContext.Current.CancellationToken;

    /// <summary>Asserts that the answer conforms to the OpenAPI document.</summary>
    public async Task<Reply> SendAsync(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        Reply reply = await SendUncheckedAsync(method, path, body, headers);
        Xunit.Assert.Equal("", string.Join("\n", await DocumentCheck.FaultsAsync(this, method, path, reply)));
        return reply;
    }

    public Task<Reply> GetUncheckedAsync(string path) => SendUncheckedAsync("GET", path, null);

    public Task<Reply> SendAsync(string method, string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, Encoding.UTF8.GetBytes(body), headers);

    public Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, (byte[]?)null, headers);

    public Task<Reply> PostAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(
            "POST",
            path,
            Encoding.UTF8.GetBytes(body),
            headers.Any(h => h.Name == "Content-Type") ? headers : [.. headers, ("Content-Type", "application/json")]);

    private async Task<Reply> SendUncheckedAsync(string method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        HttpContext context = Context(method, path, body, headers);
        await Api.HandleAsync(context);
        return await Reply.OfAsync(context);
    }

    /// <summary>Creates stream <c>s</c>.</summary>
    public async Task CreateAsync(string settings = "{}", string name = "s")
    {
        Reply reply = await SendAsync("PUT", $"/streams/{name}", settings, ("Content-Type", "application/json"));
        Xunit.Assert.Equal(201, reply.Status);
    }

    /// <summary>The events of a partition of stream <c>s</c>, as JSON.</summary>
    public async Task<JsonArray> EventsAsync(int partition = 0, string stream = "s")
    {
        Reply reply = await GetAsync($"/streams/{stream}/partitions/{partition}/events?limit=10000&maxBytes=33554432");
        Xunit.Assert.Equal(200, reply.Status);
        return reply.Json["events"]!.AsArray();
    }

    public static HttpContext Context(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        int query = path.IndexOf('?', StringComparison.Ordinal);
        context.Request.Method = method;
        context.Request.Path = new PathString(Uri.UnescapeDataString(query < 0 ? path : path[..query]));
        context.Request.QueryString = new QueryString(query < 0 ? "" : path[query..]);
        foreach ((string name, string value) in headers)
        {
            context.Request.Headers.Append(name, value);
        }

        if (body is not null)
        {
            context.Request.Body = new MemoryStream(body);
            context.Request.ContentLength = body.Length;
        }

        context.RequestAborted = Cancellation;
        context.Response.Body = new MemoryStream();
        return context;
    }

    public Route Route(string method, string template) => Api.Routes.Single(r => r.Method == method && r.Template == template);
}
