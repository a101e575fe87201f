using System.Text.Json.Nodes;
using Headwater.Http.Tests.Queued;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>Without a schema, the log marks which values are JSON. The mark is not a header of the producer's.</summary>
public sealed class SchemalessHeaderTests
{
    private const string Mark = "headwater.content-type";

    private readonly QueueApi _queue = new();

    private TestApi Api => _queue.Api;

    [Theory]
    [InlineData("""{"content-type":"application/vnd.shop.order+json"}""")]
    [InlineData("""{"content-type":"application/json"}""")]
    [InlineData("""{"content-type":"","Content-Type":"text/plain"}""")]
    [InlineData("{}")]
    public async Task Headers_come_back_as_they_were_posted(string headers)
    {
        await Api.CreateAsync();
        await Api.PostAsync("/streams/s/events", $$$"""[{"headers":{{{headers}}},"value":{"a":1}}]""");
        JsonNode stored = Assert.Single(await Api.EventsAsync())!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(headers), stored["headers"]), stored["headers"]!.ToJsonString());
        Assert.Equal("""{"a":1}""", stored["value"]!.ToJsonString());
    }

    [Fact]
    public async Task Headers_of_a_queued_append_come_back_as_they_were_posted()
    {
        await Api.CreateAsync();
        await _queue.AcceptedAsync("""[{"headers":{"content-type":"text/x"},"value":1}]""");
        await _queue.DrainAsync();
        Assert.Equal("""{"content-type":"text/x"}""", Assert.Single(await Api.EventsAsync())!["headers"]!.ToJsonString());
    }

    [Fact]
    public async Task An_event_may_have_64_headers_of_its_own()
    {
        await Api.CreateAsync();
        string headers = string.Join(',', Enumerable.Range(0, 64).Select(i => $"\"h{i}\":\"v\""));
        Reply reply = await Api.PostAsync("/streams/s/events", $$$"""[{"headers":{ {{{headers}}} },"value":1}]""");
        Assert.Equal((200, 64), (reply.Status, (await Api.EventsAsync())[0]!["headers"]!.AsObject().Count));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    public async Task Headers_and_JSON_come_back_after_a_segment_was_posted_to_another_stream(string contentType)
    {
        await Api.CreateAsync(name: "from");
        await Api.CreateAsync();
        string headers = string.Join(',', Enumerable.Range(1, 63).Select(i => $"\"h{i}\":\"v\"").Prepend($"\"content-type\":\"{contentType}\""));
        await Api.PostAsync("/streams/from/events", $$$"""[{"headers":{ {{{headers}}} },"value":{"a":1}},{"value":2}]""");
        Reply segment = await Api.GetAsync("/streams/from/partitions/0/events", ("Accept", "application/avro"));
        Reply posted = await Api.SendAsync("POST", "/streams/s/events", segment.Body, ("Content-Type", "application/avro"));
        Assert.Equal(200, posted.Status);
        JsonArray events = await Api.EventsAsync();
        JsonObject first = events[0]!["headers"]!.AsObject();
        JsonObject second = events[1]!["headers"]!.AsObject();
        Assert.Equal((contentType, 64, 0), ((string?)first["content-type"], first.Count, second.Count));
        Assert.Equal(["""{"a":1}""", "2"], events.Select(e => e!["value"]!.ToJsonString()));
    }

    [Fact]
    public async Task JSON_stays_JSON_when_a_segment_is_posted_for_later()
    {
        await Api.CreateAsync(name: "from");
        await Api.CreateAsync();
        await Api.PostAsync("/streams/from/events", """[{"value":{"a":1}}]""");
        Reply segment = await Api.GetAsync("/streams/from/partitions/0/events", ("Accept", "application/avro"));
        await Api.SendAsync("POST", "/streams/s/events", segment.Body, ("Content-Type", "application/avro"), ("Prefer", "respond-async"));
        await _queue.DrainAsync();
        JsonNode stored = Assert.Single(await Api.EventsAsync())!;
        Assert.Equal(("{}", """{"a":1}"""), (stored["headers"]!.ToJsonString(), stored["value"]!.ToJsonString()));
    }

    [Fact]
    public async Task A_segment_of_a_stream_without_a_schema_leaves_no_mark_in_one_with_a_schema()
    {
        await Api.CreateAsync(name: "from");
        await Api.CreateAsync("""{"schema":"bytes"}""");
        await Api.PostAsync("/streams/from/events", """[{"value":1}]""");
        Reply segment = await Api.GetAsync("/streams/from/partitions/0/events", ("Accept", "application/avro"));
        await Api.SendAsync("POST", "/streams/s/events", segment.Body, ("Content-Type", "application/avro"));
        JsonNode stored = Assert.Single(await Api.EventsAsync())!;
        Assert.Equal(("{}", "MQ=="), (stored["headers"]!.ToJsonString(), (string?)stored["value"]));
    }

    /// <summary>The stored bytes are those of an event with a JSON value before the mark had a name of its own.</summary>
    [Theory]
    [InlineData("eyJhIjoxfQ==", """{"a":1}""")]
    [InlineData("/w==", "\"/w==\"")]
    public async Task JSON_that_was_stored_under_the_earlier_mark_is_JSON(string base64, string value)
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", QueueApi.Envelope("1", "s", $$$"""[{"base64":"{{{base64}}}","headers":{"content-type":"application/json"}}]"""));
        await _queue.DrainAsync();
        JsonNode stored = Assert.Single(await Api.EventsAsync())!;
        Assert.Equal(("application/json", value), ((string?)stored["headers"]!["content-type"], stored["value"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"schema":"int"}""")]
    public async Task A_header_named_as_the_logs_own_is_refused(string settings)
    {
        await Api.CreateAsync(settings);
        BlobContents before = await Api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await Api.PostAsync("/streams/s/events", $$"""[{"headers":{"{{Mark}}":"x"},"value":1}]""");
        Assert.Equal((422, "0 /headers"), (reply.Status, reply.Faults.Single()));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }
}
