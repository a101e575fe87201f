using System.Text.Json.Nodes;
using Headwater.Http.Tests.Queued;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Pipeline;

/// <summary>What a new user sends first, and what the answers say.</summary>
public sealed class FirstUseTests
{
    private readonly QueueApi _queue = new();

    private TestApi Api => _queue.Api;

    [Theory]
    [InlineData("""{"value":1}""")]
    [InlineData("""{"value":1,"key":"k","headers":{"a":"b"},"time":5}""")]
    [InlineData("""{"value":{"events":[]}}""")]
    public async Task A_lone_event_is_one_event(string body)
    {
        await Api.CreateAsync();
        Reply reply = await Api.PostAsync("/streams/s/events", body);
        Assert.Equal((200, 1), (reply.Status, (int)reply.Json["count"]!));
        Assert.Equal(JsonNode.Parse(body)!["value"]!.ToJsonString(), Assert.Single(await Api.EventsAsync())!["value"]!.ToJsonString());
    }

    [Fact]
    public async Task A_lone_event_is_the_same_request_as_an_array_of_it()
    {
        await Api.CreateAsync();
        await Api.PostAsync("/streams/s/events", """{"value":1}""", ("Idempotency-Key", "k"));
        Reply repeat = await Api.PostAsync("/streams/s/events", """[{"value":1}]""", ("Idempotency-Key", "k"));
        Assert.Equal((200, "true"), (repeat.Status, repeat.Header("Idempotent-Replay")));
    }

    [Theory]
    [InlineData("""{"key":"k"}""", 422, "0 /value")]
    [InlineData("""{"value":1,"vale":2}""", 400, "0 /vale")]
    [InlineData("""{"value":1,"events":[]}""", 400, "/value")]
    [InlineData("""{"data":1}""", 400, "/data")]
    public async Task An_object_that_is_no_event_is_refused_with_the_member(string body, int status, string fault)
    {
        await Api.CreateAsync();
        BlobContents before = await Api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await Api.PostAsync("/streams/s/events", body);
        Assert.Equal((status, fault), (reply.Status, reply.Faults.Single()));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Theory]
    [InlineData("POST", "/streams/s/events", "[]")]
    [InlineData("PUT", "/streams/t", "{}")]
    public async Task A_media_type_that_is_not_taken_is_answered_with_the_header_to_send(string method, string path, string body)
    {
        await Api.CreateAsync();
        Reply reply = await Api.SendAsync(method, path, body, ("Content-Type", "application/x-www-form-urlencoded"));
        Assert.Equal(415, reply.Status);
        Assert.Contains("Content-Type: application/json", (string)reply.Json["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_differs_is_answered_with_what_differs()
    {
        await Api.CreateAsync("""{"partitions":2,"tags":["a"],"schema":"int"}""");
        const string other = """{"partitions":3,"tags":["a"],"schema":"long","doc":"d"}""";
        Reply reply = await Api.SendAsync("PUT", "/streams/s", other, ("Content-Type", "application/json"));
        Assert.Equal(409, reply.Status);
        Assert.StartsWith("Stream 's' exists and differs in partitions, schema, doc.", (string)reply.Json["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "/streams/t", """{"retention":{"time":"P1M"}}""", "PT1H", "\"P1M\"")]
    [InlineData("PUT", "/streams/s/groups/g/offsets", """{"offsets":[MANY{"partition":0,"offset":0}]}""", "at most 100", "101 items")]
    [InlineData("PUT", "/streams/t", """{"tags":[MANY"x"]}""", "at most 64", "101 items")]
    [InlineData("PUT", "/streams/t", """{"owner":"LONG"}""", "at most 256", "300 characters")]
    [InlineData("POST", "/streams/s/maintenance", """{"work":["LONG"]}""", "seal", "1 item")]
    public async Task A_fault_says_what_was_given_and_what_is_taken(string method, string path, string body, string taken, string given)
    {
        await Api.CreateAsync();
        string item = body.Contains("partition", StringComparison.Ordinal) ? """{"partition":0,"offset":0},""" : "\"x\",";
        body = body.Replace("MANY", string.Concat(Enumerable.Repeat(item, 100)), StringComparison.Ordinal)
            .Replace("LONG", new string('x', 300), StringComparison.Ordinal);
        Reply reply = await Api.SendAsync(method, path, body, ("Content-Type", "application/json"));
        Assert.Equal(400, reply.Status);
        string message = (string)Assert.Single(reply.Json["errors"]!.AsArray())!["message"]!;
        Assert.Contains(taken, message, StringComparison.Ordinal);
        Assert.Contains(given, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"int\"", "\"a\"", "expected an int (a whole number from -2147483648 to 2147483647), found string \"a\"")]
    [InlineData("""["int","string"]""", "true", "expected one of int, string, found true")]
    [InlineData("""["null","int"]""", "true", "expected one of null, int, found true")]
    public async Task A_value_that_does_not_fit_is_told_what_the_stream_takes(string schema, string value, string message)
    {
        await Api.CreateAsync($$"""{"schema":{{schema}}}""");
        Reply reply = await Api.PostAsync("/streams/s/events", $$"""[{"value":{{value}}}]""");
        Assert.Equal(message, ((string)reply.Json["errors"]![0]!["message"]!).TrimEnd('.'));
    }

    [Fact]
    public async Task A_message_that_is_no_JSON_is_given_up_with_what_it_was_and_what_the_inbox_takes()
    {
        await _queue.PutAsync("inbox", "not json at all");
        await _queue.DrainAsync();
        string reason = (string)Assert.Single(await _queue.PoisonAsync())!["reason"]!;
        Assert.Contains("not json at all", reason, StringComparison.Ordinal);
        Assert.Contains("CloudEvent", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/streams")]
    [InlineData("/streams/s/groups")]
    [InlineData("/appends/poison")]
    public async Task A_list_from_a_place_that_is_no_name_is_refused(string path)
    {
        await Api.CreateAsync();
        Reply reply = await Api.GetAsync($"{path}?after=%01&limit=1");
        Assert.Equal((400, "invalid_parameter", "after"), (reply.Status, reply.Code, (string?)reply.Json["parameter"]));
    }

    [Theory]
    [InlineData("%20")]
    [InlineData("!")]
    [InlineData("")]
    public async Task A_list_has_only_names_whatever_it_begins_after(string after)
    {
        await Api.CreateAsync();
        JsonNode page = (await Api.GetAsync($"/streams?after={after}&limit=1")).Json;
        Assert.Equal(("s", "s"), ((string?)page["streams"]![0]!["name"], (string?)page["next"]));
    }

    [Fact]
    public async Task An_append_time_always_has_six_digits()
    {
        await Api.CreateAsync();
        await Api.PostAsync("/streams/s/events", """[{"value":1}]""");
        Api.Time.Advance(TimeSpan.FromMilliseconds(120));
        await Api.PostAsync("/streams/s/events", """[{"value":1}]""");
        Assert.Equal(["2024-05-01T12:00:00.000000Z", "2024-05-01T12:00:00.120000Z"], (await Api.EventsAsync()).Select(e => (string?)e!["appended"]));
    }

    [Fact]
    public async Task A_CloudEvent_of_the_inbox_comes_back_with_its_stream()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1"));
        await _queue.DrainAsync();
        JsonNode answered = (await Api.GetAsync("/streams/s/partitions/0/events", ("Accept", "application/cloudevents-batch+json"))).Json[0]!;
        Assert.Equal("s", (string?)answered["stream"]);
    }

    [Fact]
    public async Task An_offset_beyond_the_end_is_answered_with_the_end_in_the_headers()
    {
        await Api.CreateAsync();
        Reply reply = await Api.GetAsync("/streams/s/partitions/0/events?offset=7");
        Assert.Equal((416, "0", "0"), (reply.Status, reply.Header("Log-End-Offset"), reply.Header("Next-Offset")));
    }
}
