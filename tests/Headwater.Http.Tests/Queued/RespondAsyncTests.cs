using System.Text;
using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Xunit;

namespace Headwater.Http.Tests.Queued;

public sealed class RespondAsyncTests
{
    private readonly QueueApi _queue = new();

    private TestApi Api => _queue.Api;

    [Fact]
    public async Task A_post_for_later_is_answered_202_with_where_to_ask()
    {
        await Api.CreateAsync();

        Reply reply = await _queue.PostAsync("""[{"value":1},{"value":2}]""");

        Assert.Equal((202, "respond-async", "1"), (reply.Status, reply.Header("Preference-Applied"), reply.Header("Retry-After")));
        Assert.Equal($"/appends/{(string)reply.Json["id"]!}", reply.Header("Location"));
        Assert.Equal(2, (int)reply.Json["count"]!);
        Assert.Empty(await Api.EventsAsync());
    }

    [Fact]
    public async Task Until_it_is_handled_it_is_queued()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");

        Reply status = await Api.GetAsync(path);

        Assert.Equal(("queued", null, "1"), ((string?)status.Json["status"], (string?)status.Json["stream"], status.Header("Retry-After")));
    }

    [Fact]
    public async Task Once_handled_it_tells_where_its_events_are()
    {
        await Api.CreateAsync("""{"partitions":4}""");
        string path = await _queue.AcceptedAsync("""[{"key":"21","value":1},{"key":"abc","value":2}]""");
        await _queue.DrainAsync();

        JsonNode status = (await Api.GetAsync(path)).Json;

        Assert.Equal(("appended", 2), ((string?)status["status"], (int)status["count"]!));
        foreach (JsonNode? share in status["partitions"]!.AsArray())
        {
            Assert.Equal((int)share!["count"]!, (await Api.EventsAsync((int)share["partition"]!)).Count);
        }
    }

    [Fact]
    public async Task A_value_as_deep_as_a_body_may_be_is_appended()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("[{\"value\":" + new string('[', 62) + new string(']', 62) + "}]");
        await _queue.DrainAsync();

        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
    }

    [Fact]
    public async Task A_batch_that_lies_in_a_thousand_partitions_tells_where_its_events_are()
    {
        await Api.CreateAsync("""{"partitions":1024}""");
        string path = await _queue.AcceptedAsync($"[{string.Join(',', Enumerable.Range(0, 9_000).Select(i => $$"""{"key":"{{i}}","value":1}"""))}]");
        await _queue.PumpAsync();

        JsonNode status = (await Api.GetAsync(path)).Json;

        Assert.Equal(("appended", 9_000), ((string?)status["status"], (int?)status["count"]));
        JsonArray shares = status["partitions"]!.AsArray();
        Assert.True(shares.Count > 1_000, $"{shares.Count} partitions");
        Assert.Equal(9_000, shares.Sum(s => (int)s!["count"]!));
    }

    [Theory]
    [InlineData("""[{"value":1},{"wrong":2}]""", 400, "unknown_member")]
    [InlineData("[]", 400, "empty_batch")]
    [InlineData("{", 400, "malformed_body")]
    public async Task What_a_synchronous_append_refuses_is_refused_at_once(string body, int status, string code)
    {
        await Api.CreateAsync();

        Reply reply = await _queue.PostAsync(body);

        Assert.Equal((status, code), (reply.Status, reply.Code));
        Assert.Empty(Api.Queues.Bodies("appends"));
    }

    [Fact]
    public async Task What_does_not_fit_the_schema_is_refused_at_once()
    {
        await Api.CreateAsync("""{"schema":{"type":"record","name":"R","fields":[{"name":"n","type":"int"}]}}""");

        Reply reply = await _queue.PostAsync("""[{"value":{"n":"text"}}]""");

        Assert.Equal((422, "event_invalid"), (reply.Status, reply.Code));
        Assert.Empty(Api.Queues.Bodies("appends"));
    }

    [Fact]
    public async Task If_Offset_cannot_wait()
    {
        await Api.CreateAsync();

        Reply reply = await _queue.PostAsync("""[{"value":1}]""", ("If-Offset", "0"));

        Assert.Equal((400, "invalid_parameter"), (reply.Status, reply.Code));
        Assert.Empty(Api.Queues.Bodies("appends"));
    }

    [Fact]
    public async Task A_sequenced_batch_must_lie_in_one_partition()
    {
        await Api.CreateAsync("""{"partitions":8}""");

        Reply reply = await _queue.PostAsync(
            """[{"key":"21","value":1},{"key":"abc","value":2},{"key":"foobar","value":2}]""", ("Producer-Id", "p"),
            ("Producer-Epoch", "1"), ("Producer-Sequence", "0"));

        Assert.Equal((422, "wrong_partition"), (reply.Status, reply.Code));
        Assert.Empty(Api.Queues.Bodies("appends"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task A_batch_whose_message_has_up_to_48_KiB_is_whole_in_it(int over, bool isWhole)
    {
        await Api.CreateAsync();
        await _queue.AcceptedAsync("""[{"value":""}]""");
        int most = (48 * 1024) - Assert.Single(Api.Queues.Bodies("appends")).Length;
        await _queue.DrainAsync();

        await _queue.AcceptedAsync($$"""[{"value":"{{new string('x', most + over)}}"}]""");

        string message = Encoding.UTF8.GetString(Assert.Single(Api.Queues.Bodies("appends")).Span);
        Assert.Equal((isWhole, isWhole ? 0 : 1), (message.Contains("\"events\":[", StringComparison.Ordinal), (await ClaimsAsync()).Length));
        Assert.Equal(isWhole ? 48 * 1024 : message.Length, message.Length);
    }

    [Fact]
    public async Task A_larger_batch_is_a_blob_beside_its_stream()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync($$"""[{"value":"{{new string('x', 60_000)}}"}]""");

        Assert.EndsWith(path, Assert.Single(await ClaimsAsync()), StringComparison.Ordinal);
        Assert.DoesNotContain("xxx", Encoding.UTF8.GetString(Assert.Single(Api.Queues.Bodies("appends")).Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_larger_batch_is_appended_and_its_blob_stays()
    {
        await Api.CreateAsync();
        string text = new('x', 60_000);
        await _queue.AcceptedAsync($$"""[{"value":"{{text}}"}]""");

        await _queue.DrainAsync();

        Assert.Equal(text, (string?)Assert.Single(await Api.EventsAsync())!["value"]);
        Assert.Single(await ClaimsAsync());
    }

    [Fact]
    public async Task Text_that_XML_writes_longer_counts_as_long_as_it_is_sent()
    {
        await Api.CreateAsync();
        await _queue.AcceptedAsync($$"""[{"value":"{{new string('&', 20_000)}}"}]""");

        Assert.Single(await ClaimsAsync());
    }

    [Fact]
    public async Task A_post_repeated_with_its_Idempotency_Key_is_appended_once()
    {
        await Api.CreateAsync("""{"partitions":4}""");
        string first = await _queue.AcceptedAsync("""[{"value":1}]""", ("Idempotency-Key", "k"));
        string second = await _queue.AcceptedAsync("""[{"value":1}]""", ("Idempotency-Key", "k"));

        await _queue.DrainAsync();

        Assert.Equal((await Api.GetAsync(first)).Json["partitions"]!.ToJsonString(), (await Api.GetAsync(second)).Json["partitions"]!.ToJsonString());
        Assert.Equal(1, await TotalAsync(4));
    }

    [Fact]
    public async Task A_key_used_for_a_synchronous_append_is_the_same_key_for_a_later_one()
    {
        await Api.CreateAsync("""{"partitions":4}""");
        await Api.PostAsync("/streams/s/events", """[{"value":1}]""", ("Idempotency-Key", "k"));
        await _queue.AcceptedAsync("""[{"value":1}]""", ("Idempotency-Key", "k"));

        await _queue.DrainAsync();

        Assert.Equal(1, await TotalAsync(4));
    }

    [Fact]
    public async Task A_key_reused_for_other_events_is_given_up()
    {
        await Api.CreateAsync();
        await _queue.AcceptedAsync("""[{"value":1}]""", ("Idempotency-Key", "k"));
        string second = await _queue.AcceptedAsync("""[{"value":2}]""", ("Idempotency-Key", "k"));

        await _queue.DrainAsync();

        Assert.Equal(
            ("poisoned", "idempotency_key_reused"), ((string?)(await Api.GetAsync(second)).Json["status"], (string?)(await Api.GetAsync(second)).Json["code"]));
        Assert.Equal([1], await _queue.ValuesAsync());
    }

    [Theory]
    [InlineData("application/json", """[{"key":"k","value":{"n":1},"headers":{"h":"ü"},"time":"2024-01-01T00:00:00Z"}]""")]
    [InlineData("application/x-ndjson", """{"key":"k","value":{"n":1}}""")]
    [InlineData("application/cloudevents-batch+json", """[{"specversion":"1.0","id":"1","source":"/a","type":"t","partitionkey":"k","data":{"n":1}}]""")]
    public async Task Every_format_reads_back_as_if_appended_at_once(string type, string body)
    {
        await Api.CreateAsync("""{"schema":{"type":"record","name":"R","fields":[{"name":"n","type":"long"}]}}""");
        await Api.PostAsync("/streams/s/events", body, ("Content-Type", type));
        await _queue.AcceptedAsync(body, ("Content-Type", type));

        await _queue.DrainAsync();

        JsonNode[] events = [.. (await Api.EventsAsync()).Select(e => e!)];
        Assert.Equal(WithoutPlace(events[0]), WithoutPlace(events[1]));
    }

    [Fact]
    public async Task Bytes_read_back_as_if_appended_at_once()
    {
        await Api.CreateAsync();
        const string body = """{"specversion":"1.0","id":"1","source":"/a","type":"t","datacontenttype":"image/png","data_base64":"iVBORw=="}""";
        await Api.PostAsync("/streams/s/events", body, ("Content-Type", "application/cloudevents+json"));
        await _queue.AcceptedAsync(body, ("Content-Type", "application/cloudevents+json"));

        await _queue.DrainAsync();

        JsonNode[] events = [.. (await Api.EventsAsync()).Select(e => e!)];
        Assert.Equal(WithoutPlace(events[0]), WithoutPlace(events[1]));
    }

    [Fact]
    public async Task A_post_to_a_partition_goes_there()
    {
        await Api.CreateAsync("""{"partitions":4}""");
        Reply reply = await Api.PostAsync("/streams/s/partitions/3/events", """[{"value":7}]""", ("Prefer", "respond-async"));
        Assert.Equal(202, reply.Status);

        await _queue.DrainAsync();

        Assert.Equal([7], await _queue.ValuesAsync(3));
    }

    [Fact]
    public async Task A_queue_that_is_out_before_it_took_the_message_leaves_the_events_in_doubt()
    {
        await Api.CreateAsync();
        Api.Queues.Fault = new StorageException(StorageFault.Unavailable, "send");

        Reply reply = await _queue.PostAsync("""[{"value":1}]""");

        Assert.Equal((503, "append_unknown", "unknown"), (reply.Status, reply.Code, (string?)reply.Json["appended"]));
        Assert.Empty(Api.Queues.Bodies("appends"));
    }

    [Fact]
    public async Task A_trace_state_longer_than_must_be_carried_is_left_behind_and_the_batch_appended()
    {
        await Api.CreateAsync();
        using var activity = new System.Diagnostics.Activity("test") { TraceStateString = new string('x', 5_000) };
        activity.Start();
        await _queue.AcceptedAsync("""[{"value":1}]""");
        activity.Stop();

        await _queue.DrainAsync();

        Assert.Equal([1], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task A_message_delivered_again_stays_appended()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        await _queue.PumpAsync(keep: true);

        await _queue.DrainAsync();

        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
        Assert.Equal([1], await _queue.ValuesAsync());
    }

    private static string WithoutPlace(JsonNode item)
    {
        JsonObject copy = item.DeepClone().AsObject();
        copy.Remove("offset");
        copy.Remove("appended");
        return copy.ToJsonString();
    }

    private async Task<int> TotalAsync(int partitions)
    {
        int total = 0;
        for (int p = 0; p < partitions; p++)
        {
            total += (await Api.EventsAsync(p)).Count;
        }

        return total;
    }

    private async Task<string[]> ClaimsAsync() =>
        [
            .. (await Api.Blobs.ListAsync("s/", null, 1_000, TestApi.Cancellation)).Items
                .Select(i => i.Name)
                .Where(n => n.Contains("/appends/", StringComparison.Ordinal)),
        ];
}
