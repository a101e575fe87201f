using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Headwater.LocalHost.Queues;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Metering;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Headwater.EndToEnd.Tests.Queued;

/// <summary>The queue path on the emulator's queues. These tests do not run in parallel, because all of them drain the same two queues.</summary>
[Collection(nameof(Alone))]
public sealed class QueuePathTests(RunningLog log) : IDisposable
{
    private const int HandledBeforeDeath = 101;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// With the short visibility timeout, messages of the dead pump are soon redelivered. The high dequeue count keeps messages out of the poison queue,
    /// although <see cref="TroublesomeQueues"/> receives some of them without handling them.
    /// </summary>
    private static readonly QueueSettings Restless = QueueSettings.Load() with { VisibilityTimeout = TimeSpan.FromSeconds(3), MaxDequeueCount = 1_000 };

    private readonly StorageMeter _meter = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task A_burst_arrives_whole_once_and_in_order_though_messages_come_twice_in_disorder_and_the_pump_dies()
    {
        string stream = await log.CreateAsync($$"""{"partitions":{{Burst.Partitions}},"inbox":true,"schema":"string"}""");
        long appends;
        await using (QueueHost first = await QueueHost.StartAsync(log.ConnectionString, _meter))
        {
            await new Burst(stream, 1).SendAsync(first, Cancellation);
            TroublesomeQueues queues = new(first.Queues, 2);
            QueuePumps pumps = first.Pump(queues, Restless);
            await Progress.UntilNoneAsync(() => Task.FromResult<long>(HandledBeforeDeath - queues.Handled), Patience);
            await pumps.AbandonAsync();
            appends = first.Appends;
        }

        await using QueueHost second = await QueueHost.StartAsync(log.ConnectionString, _meter);
        second.Pump(new TroublesomeQueues(second.Queues, 3), Restless);
        await second.DrainedAsync(Patience);

        TestContext.Current.TestOutputHelper?.WriteLine($"{Burst.Batches} batches in {appends + second.Appends} AppendBlocks");
        List<string>[] partitions = await ReadAsync(stream, Burst.Partitions);
        Assert.Equal(Burst.Total, partitions.Sum(p => p.Count));
        Assert.Equal(Burst.Expected().Order(StringComparer.Ordinal), partitions.SelectMany(p => p).Order(StringComparer.Ordinal));
        Assert.All(Burst.AllProducers, producer => Assert.Equal(
            Burst.InOrder(producer),
            partitions[Burst.PartitionOf(producer)].Where(v => v.StartsWith(Burst.PrefixOf(producer), StringComparison.Ordinal))));
        Assert.InRange(appends + second.Appends, 1, Burst.Batches / 3);
        int poisonedAppends = await second.CountAsync(StorageNames.AppendsQueue + StorageNames.PoisonSuffix);
        int poisonedInbox = await second.CountAsync(StorageNames.InboxQueue + StorageNames.PoisonSuffix);
        Assert.Equal(0, poisonedAppends + poisonedInbox);
    }

    [Fact]
    public async Task A_message_that_cannot_succeed_is_given_up_with_its_reason_and_once_that_is_mended_is_appended_once()
    {
        string stream = await log.CreateAsync();
        await using QueueHost host = await QueueHost.StartAsync(log.ConnectionString, _meter);
        host.Pump(host.Queues);
        await host.PutAsync(StorageNames.InboxQueue, $$"""{"specversion":"1.0","id":"1","source":"/shop","type":"t","data":{"n":1},"stream":"{{stream}}"}""");
        await host.DrainedAsync(Patience);
        JsonNode poisoned = Assert.Single((await JsonAsync(host.Http, "/appends/poison"))["messages"]!.AsArray())!;
        Assert.Equal(("inbox", "inbox_closed", stream), ((string?)poisoned["queue"], (string?)poisoned["code"], (string?)poisoned["stream"]));
        Assert.Empty(await log.ValuesAsync(stream));

        using HttpResponseMessage opened = await host.Http.PatchAsync(
            new Uri($"/streams/{stream}", UriKind.Relative), RunningLog.Body("""{"inbox":true}"""), Cancellation);
        using HttpResponseMessage redriven = await host.Http.PostAsync(
            new Uri($"/appends/poison/redrive?ref={(string)poisoned["ref"]!}", UriKind.Relative), null, Cancellation);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (opened.StatusCode, redriven.StatusCode));
        await host.DrainedAsync(Patience);

        Assert.Equal("""{"n":1}""", Assert.Single(await log.ValuesAsync(stream)).ToJsonString());
        Assert.Empty((await JsonAsync(host.Http, "/appends/poison"))["messages"]!.AsArray());
        Assert.Equal(0, await host.CountAsync(StorageNames.InboxQueue + StorageNames.PoisonSuffix));
    }

    [Fact]
    public async Task From_the_post_through_the_queue_to_the_append_is_one_trace()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        List<Activity> exported = [];
        using TracerProvider provider = Sdk.CreateTracerProviderBuilder().AddSource("Headwater.*").AddInMemoryExporter(exported).Build();
        string stream = await log.CreateAsync();
        await using (QueueHost host = await QueueHost.StartAsync(log.ConnectionString, _meter))
        {
            host.Pump(host.Queues);
            using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"/streams/{stream}/events", UriKind.Relative))
            {
                Content = RunningLog.Body("""[{"value":1}]"""),
            };
            request.Headers.Add("Prefer", "respond-async");
            request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
            using HttpResponseMessage accepted = await host.Http.SendAsync(request, Cancellation);
            await host.DrainedAsync(Patience);
        }

        provider.ForceFlush();

        Activity[] spans = [.. exported.ToArray().Where(s => s.TraceId.ToHexString() == trace)];
        Activity post = Assert.Single(spans, s => s.DisplayName == "POST /streams/{stream}/events");
        Activity send = Assert.Single(spans, s => s.DisplayName == "send appends");
        Activity process = Assert.Single(spans, s => s.DisplayName == "process appends");
        Activity append = Assert.Single(spans, s => s.DisplayName == "append");
        Assert.Equal((post.SpanId, send.SpanId, process.SpanId), (send.ParentSpanId, process.ParentSpanId, append.ParentSpanId));
        Assert.Equal("b7ad6b7169203331", post.ParentSpanId.ToHexString());
    }

    private async Task<List<string>[]> ReadAsync(string stream, int partitions)
    {
        List<string>[] values = [.. Enumerable.Range(0, partitions).Select(_ => new List<string>())];
        for (int p = 0; p < partitions; p++)
        {
            long next = 0;
            JsonArray events;
            do
            {
                JsonNode page = await log.GetAsync($"/streams/{stream}/partitions/{p}/events?offset={next}&limit=10000");
                events = page["events"]!.AsArray();
                values[p].AddRange(events.Select(e => (string)e!["value"]!));
                next = (long)page["nextOffset"]!;
            }
            while (events.Count > 0);
        }

        return values;
    }

    private static async Task<JsonNode> JsonAsync(HttpClient http, string path) =>
        JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation))!;
}
