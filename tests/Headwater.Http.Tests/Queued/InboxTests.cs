using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>Messages that other services put on queue <c>inbox</c>.</summary>
public sealed class InboxTests
{
    private readonly QueueApi _queue = new();

    private TestApi Api => _queue.Api;

    [Theory]
    [InlineData("""{"\ud800specversion":"1.0","id\udc00":"1","stream\ud800":"s"}""")]
    [InlineData("""{"specversion":"1.0","id\udc00":"1","stream\ud800":"s"}""")]
    [InlineData("""{"version":1,"id":"a","stream":"s","eve\ud800nts":[]}""")]
    [InlineData("""{"version":1,"pois\ud800on":{}}""")]
    public async Task A_name_with_half_a_surrogate_pair_is_no_defect(string message)
    {
        QueueApi queue = new();
        await queue.PutAsync("inbox", message);

        await queue.DrainAsync();

        Assert.Contains(Assert.Single(await queue.PoisonCodesAsync()), new[] { "malformed_body", "unknown_member" });
    }

    [Fact]
    public async Task Half_a_surrogate_pair_in_one_event_of_an_array_does_not_poison_the_others()
    {
        QueueApi queue = new();
        await queue.Api.CreateAsync("""{"inbox":true}""");
        await queue.PutAsync("inbox", $"[{QueueApi.CloudEvent("1", "\"\\ud800\"")},{QueueApi.CloudEvent("2", "2")}]");

        await queue.DrainAsync();

        Assert.Equal([2L], await queue.ValuesAsync());
        Assert.Equal(["event_invalid"], await queue.PoisonCodesAsync());
    }

    [Fact]
    public async Task A_CloudEvent_is_appended_as_if_posted()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", """{"n":1}""", more: ""","partitionkey":"k","time":"2024-01-01T00:00:00Z" """));

        await _queue.DrainAsync();

        JsonNode stored = Assert.Single(await Api.EventsAsync())!;
        Assert.Equal(("k", """{"n":1}""", "1"), ((string?)stored["key"], stored["value"]!.ToJsonString(), (string?)stored["headers"]!["ce_id"]));
    }

    [Fact]
    public async Task A_message_may_be_base64()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", Convert.ToBase64String(Encoding.UTF8.GetBytes(QueueApi.CloudEvent("1", "1"))));

        await _queue.DrainAsync();

        Assert.Equal([1], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task A_batch_may_span_streams()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await Api.CreateAsync("""{"inbox":true}""", "t");
        await _queue.PutAsync("inbox", $"[{QueueApi.CloudEvent("1", "1")},{QueueApi.CloudEvent("2", "2", "t")}]");

        await _queue.DrainAsync();

        Assert.Equal([1], await _queue.ValuesAsync());
        Assert.Equal(2, (int)Assert.Single(await Api.EventsAsync(stream: "t"))!["value"]!);
    }

    [Fact]
    public async Task Of_a_batch_only_what_cannot_be_appended_is_given_up()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", $"[{QueueApi.CloudEvent("1", "1")},{QueueApi.CloudEvent("2", "2", "nowhere")},{QueueApi.CloudEvent("3", "3")}]");

        await _queue.DrainAsync();

        Assert.Equal([1, 3], (await _queue.ValuesAsync()).Order());
        JsonNode poisoned = Assert.Single(await _queue.PoisonAsync())!;
        Assert.Equal(
            ("stream_not_found", "nowhere", QueueApi.CloudEvent("2", "2", "nowhere")),
            ((string?)poisoned["code"], (string?)poisoned["stream"], (string?)poisoned["excerpt"]));
    }

    [Fact]
    public async Task The_same_source_and_id_is_the_same_event_whatever_else_differs()
    {
        await Api.CreateAsync("""{"inbox":true,"partitions":4}""");
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1"));
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1", more: ""","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" """));

        await _queue.DrainAsync();

        int total = 0;
        for (int p = 0; p < 4; p++)
        {
            total += (await Api.EventsAsync(p)).Count;
        }

        Assert.Equal(1, total);
        Assert.Empty(await _queue.PoisonAsync());
    }

    [Fact]
    public async Task An_envelope_is_appended_once_for_its_id()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        for (int i = 0; i < 2; i++)
        {
            await _queue.PutAsync("inbox", QueueApi.Envelope("order-1", "s", """[{"value":1},{"value":2}]"""));
        }

        await _queue.DrainAsync();

        Assert.Equal([1, 2], await _queue.ValuesAsync());
        Assert.Empty(await _queue.PoisonAsync());
    }

    [Fact]
    public async Task An_envelope_with_the_id_of_another_is_given_up()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", QueueApi.Envelope("order-1", "s", """[{"value":1}]"""));
        await _queue.PutAsync("inbox", QueueApi.Envelope("order-1", "s", """[{"value":2}]"""));

        await _queue.DrainAsync();

        Assert.Equal(["idempotency_key_reused"], await _queue.PoisonCodesAsync());
        Assert.Equal([1], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task A_stream_that_has_not_opened_its_inbox_takes_nothing()
    {
        await Api.CreateAsync();
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1"));
        await _queue.PutAsync("inbox", QueueApi.Envelope("1", "s", """[{"value":1}]"""));

        await _queue.DrainAsync();

        Assert.Equal(["inbox_closed", "inbox_closed"], await _queue.PoisonCodesAsync());
        Assert.Empty(await Api.EventsAsync());
    }

    [Theory]
    [InlineData("no JSON", "malformed_body")]
    [InlineData("[1]", "malformed_body")]
    [InlineData("{}", "malformed_body")]
    [InlineData("""{"version":2,"id":"1","stream":"s","events":[{"value":1}]}""", "malformed_body")]
    [InlineData("""{"version":1,"id":"1","stream":"s"}""", "malformed_body")]
    [InlineData("""{"version":1,"stream":"s","events":[{"value":1}]}""", "malformed_body")]
    [InlineData("""{"version":1,"id":"1","stream":"s","events":[]}""", "empty_batch")]
    [InlineData("""{"version":1,"id":"1","stream":"s","events":[{"vale":1}]}""", "unknown_member")]
    [InlineData("""{"version":1,"id":"1","stream":"s","claim":10}""", "unknown_member")]
    [InlineData("""{"version":1,"id":"1","stream":"s","inbox":false,"events":[{"value":1}]}""", "unknown_member")]
    [InlineData("""{"version":1,"id":"1","stream":"s","producer":"p","events":[{"value":1}]}""", "malformed_body")]
    [InlineData("""{"version":1,"id":"1","stream":"../s","events":[{"value":1}]}""", "invalid_name")]
    [InlineData("""{"version":1,"id":"1","stream":"s","partition":7,"events":[{"value":1}]}""", "partition_not_found")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"t","data":1}""", "malformed_body")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","stream":"s","data":1}""", "event_invalid")]
    [InlineData("""{"poison":{},"version":1,"body":"x"}""", "unknown_member")]
    public async Task A_bad_message_is_given_up_as_it_is_with_the_reason(string text, string code)
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", text);

        await _queue.DrainAsync();

        JsonNode poisoned = Assert.Single(await _queue.PoisonAsync())!;
        string body = (string)JsonNode.Parse(Api.Queues.Bodies("inbox-poison")[0].Span)!["body"]!;
        Assert.Equal(code, (string?)poisoned["code"]);
        Assert.Equal(JsonOr(text), JsonOr(body));
        Assert.Empty(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_CloudEvents_trace_goes_on_in_the_handler()
    {
        const string trace = "1af7651916cd43dd8448eb211c80319c";
        List<System.Diagnostics.Activity> spans = [];
        using var listener = new System.Diagnostics.ActivityListener
        {
            ShouldListenTo = source => source.Name == "Headwater.Queues",
            Sample = (ref System.Diagnostics.ActivityCreationOptions<System.Diagnostics.ActivityContext> _) =>
                System.Diagnostics.ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }

            },
        };
        System.Diagnostics.ActivitySource.AddActivityListener(listener);
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1", more: $",\"traceparent\":\"00-{trace}-b7ad6b7169203331-01\""));

        await _queue.DrainAsync();

        lock (spans)
        {
            Assert.Equal("b7ad6b7169203331", Assert.Single(spans, s => s.TraceId.ToHexString() == trace).ParentSpanId.ToHexString());
        }
    }

    // An element of a batch is serialized again, whereas a message with a single event is kept byte for byte.
    private static string JsonOr(string text) => text.StartsWith("[1]", StringComparison.Ordinal) ? "1" : text;
}
