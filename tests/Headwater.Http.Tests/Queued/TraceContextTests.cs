using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>Trace context, whatever it is, never decides whether an event is stored.</summary>
public sealed class TraceContextTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly FaultyBlobs _blobs;
    private readonly QueueApi _queue;

    public TraceContextTests()
    {
        FaultyBlobs? faulty = null;
        _queue = new QueueApi(wrap: inner => faulty = new FaultyBlobs(inner));
        _blobs = faulty!;
    }

    private TestApi Api => _queue.Api;

    public static TheoryData<string> States => ["", " ", "a=b", "\u0001", new string('x', 512), new string('x', 513), new string('x', 5_000)];

    /// <summary>An attribute with a control character is no CloudEvent (1.0.2, 3.1), and is refused for that.</summary>
    public static TheoryData<string> AttributeStates => [.. States.Select(s => s.Data).Where(s => s != "\u0001")];

    [Theory]
    [MemberData(nameof(States))]
    public async Task A_batch_posted_within_a_trace_of_any_state_is_appended(string state)
    {
        await Api.CreateAsync();
        using var activity = new Activity("test") { TraceStateString = state };
        activity.Start();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        activity.Stop();

        await _queue.DrainAsync();

        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
        Assert.Equal([1], await _queue.ValuesAsync());
    }

    [Theory]
    [MemberData(nameof(AttributeStates))]
    public async Task A_CloudEvent_of_any_trace_state_is_appended_after_it_has_waited(string state)
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await WaitOnceAsync(QueueApi.CloudEvent("1", "1", more: $",\"traceparent\":\"{Parent}\",\"tracestate\":{JsonSerializer.Serialize(state)}"));

        Assert.Empty(await _queue.PoisonAsync());
        Assert.Equal([1], await _queue.ValuesAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task A_CloudEvent_of_any_trace_parent_is_appended_after_it_has_waited(string? parent)
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await WaitOnceAsync(QueueApi.CloudEvent("1", "1", more: $",\"traceparent\":\"{parent ?? new string('x', 2_000)}\""));

        Assert.Empty(await _queue.PoisonAsync());
        Assert.Equal([1], await _queue.ValuesAsync());
    }

    [Theory]
    [MemberData(nameof(States))]
    public async Task An_envelope_of_the_inbox_of_any_trace_state_is_appended(string state)
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync(
            "inbox", QueueApi.Envelope("1", "s", """[{"value":1}]""", $",\"traceparent\":\"{Parent}\",\"tracestate\":{JsonSerializer.Serialize(state)}"));

        await _queue.DrainAsync();

        Assert.Empty(await _queue.PoisonAsync());
        Assert.Equal([1], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task A_batch_that_was_given_up_for_its_empty_trace_state_is_appended_when_it_is_put_back()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        QueuedMessage message = Assert.Single(await Api.Queues.ReceiveAsync("appends", 1, TimeSpan.FromSeconds(10), TestApi.Cancellation));
        await Api.Queues.DeleteAsync("appends", message.Receipt, TestApi.Cancellation);
        JsonNode envelope = JsonNode.Parse(message.Body.Span)!;
        envelope["tracestate"] = "";
        await _queue.PutAsync("appends-poison", new JsonObject
        {
            ["version"] = 1,
            ["poison"] = new JsonObject
            {
                ["ref"] = new string('0', 32),
                ["queue"] = "appends",
                ["code"] = "malformed_body",
                ["reason"] = "r",
                ["at"] = "2024-05-01T12:00:00Z",
                ["enqueued"] = "2024-05-01T12:00:00Z",
            },
            ["body"] = envelope.ToJsonString(),
        }.ToJsonString());

        await Api.SendAsync("POST", "/appends/poison/redrive");
        await _queue.DrainAsync();

        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
        Assert.Equal([1], await _queue.ValuesAsync());
    }

    /// <summary>The message waits because storage denies the append; then storage is repaired.</summary>
    private async Task WaitOnceAsync(string text)
    {
        await _queue.PutAsync("inbox", text);
        _blobs.AppendsFailAt = "/";
        await _queue.PumpAsync("inbox");
        Assert.Single(Api.Queues.Bodies("appends"));
        _blobs.AppendsFailAt = null;
        await _queue.DrainAsync();
    }
}
