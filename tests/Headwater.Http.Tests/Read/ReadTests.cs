using System.Text;
using System.Text.Json.Nodes;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Xunit;

namespace Headwater.Http.Tests.Read;

public sealed class ReadTests
{
    private const string Events = "/streams/s/partitions/0/events";

    private readonly TestApi _api = new();

    [Fact]
    public async Task A_page_tells_where_the_next_one_begins()
    {
        await FillAsync(5);
        Reply reply = await _api.GetAsync($"{Events}?offset=1&limit=2");
        Assert.Equal([1, 2], reply.Json["events"]!.AsArray().Select(e => (int)e!["offset"]!));
        Assert.Equal((3, 0, 5), ((int)reply.Json["nextOffset"]!, (int)reply.Json["logStartOffset"]!, (int)reply.Json["logEndOffset"]!));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    [InlineData("application/cloudevents-batch+json")]
    [InlineData("application/avro")]
    public async Task Every_form_carries_positions_in_headers(string form)
    {
        await FillAsync(3);
        Reply reply = await _api.GetAsync(Events, ("Accept", form));
        Assert.Equal(
            (form, "3", "0", "3"),
            (reply.Header("Content-Type"), reply.Header("Next-Offset"), reply.Header("Log-Start-Offset"), reply.Header("Log-End-Offset")));
    }

    [Fact]
    public async Task The_log_end_is_an_empty_page()
    {
        await FillAsync(2);
        Reply reply = await _api.GetAsync($"{Events}?offset=2");
        Assert.Equal("""{"events":[],"nextOffset":2,"logStartOffset":0,"logEndOffset":2}""", reply.Text);
    }

    [Fact]
    public async Task Latest_is_the_log_end()
    {
        await FillAsync(2);
        Reply reply = await _api.GetAsync($"{Events}?offset=latest");
        Assert.Equal("2", reply.Header("Next-Offset"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?offset=earliest")]
    [InlineData("?offset=0")]
    [InlineData("?time=0")]
    [InlineData("?time=2024-05-01T12:00:00Z")]
    [InlineData("?code=a-function-key")]
    public async Task Reading_can_begin_with_the_first_event(string query)
    {
        await FillAsync(1);
        Reply reply = await _api.GetAsync(Events + query);
        Assert.Single(reply.Json["events"]!.AsArray());
    }

    [Fact]
    public async Task Reading_by_time_begins_with_the_first_event_appended_then()
    {
        await FillAsync(2);
        _api.Time.Advance(TimeSpan.FromMinutes(1));
        await _api.PostAsync("/streams/s/events", """[{"value":"later"}]""");
        Reply reply = await _api.GetAsync($"{Events}?time=2024-05-01T12:00:30Z");
        Assert.Equal("later", (string?)reply.Json["events"]![0]!["value"]);
    }

    [Fact]
    public async Task Beyond_the_end_is_416_with_the_end()
    {
        await FillAsync(2);
        Reply reply = await _api.GetAsync($"{Events}?offset=3");
        Assert.Equal((416, "offset_beyond_end", 2), (reply.Status, reply.Code, (int)reply.Json["logEndOffset"]!));
    }

    [Fact]
    public async Task Below_the_log_start_is_410_with_the_start()
    {
        await FillAsync(3);
        await RaiseLogStartAsync(2);
        Reply reply = await _api.GetAsync($"{Events}?offset=1");
        Assert.Equal((410, "offset_below_start", 2), (reply.Status, reply.Code, (int)reply.Json["logStartOffset"]!));
        Assert.Equal(("2", "2"), (reply.Header("Log-Start-Offset"), reply.Header("Next-Offset")));
    }

    [Fact]
    public async Task NDJSON_is_an_event_a_line()
    {
        await FillAsync(3);
        Reply reply = await _api.GetAsync(Events, ("Accept", "application/x-ndjson"));
        string[] lines = reply.Text.Split('\n');
        Assert.Equal("", lines[^1]);
        Assert.Equal([0, 1, 2], lines[..^1].Select(l => (int)JsonNode.Parse(l)!["offset"]!));
    }

    [Fact]
    public async Task NDJSON_keeps_a_value_that_came_on_several_lines_on_one()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", "[{\"value\":{\r\n\"a\":\n1}}]");
        Reply reply = await _api.GetAsync(Events, ("Accept", "application/x-ndjson"));
        Assert.Equal(1, (int)JsonNode.Parse(reply.Text.Split('\n')[0])!["value"]!["a"]!);
    }

    [Fact]
    public async Task A_header_that_claims_JSON_for_bytes_that_are_not_does_not_break_the_page()
    {
        await _api.CreateAsync();
        StreamDescription stream = await _api.Log.Streams.GetAsync(StreamName.Parse("s"), TestApi.Cancellation);
        using RequestEvents events = _api.Log.NewRequest(stream, null, null);
        events.AddBytes(new EventAttributes(null, [new("content-type", "application/json")], null), "{"u8);
        await _api.Log.AppendAsync(stream, events, AppendOptions.None, TestApi.Cancellation);
        Assert.Equal("ew==", (string?)(await _api.EventsAsync())[0]!["value"]);
    }

    [Fact]
    public async Task An_event_that_did_not_come_as_a_CloudEvent_becomes_one()
    {
        await _api.CreateAsync("""{"schema":{"type":"record","name":"x.Flight","fields":[{"name":"delay","type":"int"}]}}""");
        await _api.PostAsync("/streams/s/events", """[{"key":"k","value":{"delay":1},"time":0,"headers":{"a":"b","ce_":"x","ce_Bad":"x","ce_data":"x"}}]""");
        Reply reply = await _api.GetAsync(Events, ("Accept", "application/cloudevents-batch+json"));
        Assert.Equal(
            "[{\"specversion\":\"1.0\",\"id\":\"0-0\",\"source\":\"/streams/s\",\"type\":\"x.Flight\",\"time\":\"1970-01-01T00:00:00Z\","
                + "\"partitionkey\":\"k\",\"datacontenttype\":\"application/json\",\"data\":{\"delay\":1}}]",
            reply.Text);
    }

    [Fact]
    public async Task Avro_is_a_container_file_that_tells_its_first_offset()
    {
        await FillAsync(3);
        Reply reply = await _api.GetAsync($"{Events}?offset=1", ("Accept", "application/avro"));
        Assert.Equal(("0", "Obj\u0001"), (reply.Header("First-Offset"), Encoding.Latin1.GetString(reply.Body[..4])));
    }

    [Fact]
    public async Task Avro_of_an_empty_partition_is_a_file_without_blocks()
    {
        await _api.CreateAsync();
        Reply reply = await _api.GetAsync(Events, ("Accept", "application/avro"));
        Assert.Equal((200, "0", "0"), (reply.Status, reply.Header("Next-Offset"), reply.Header("First-Offset")));
    }

    [Theory]
    [InlineData("*/*", "application/json")]
    [InlineData("application/*", "application/json")]
    [InlineData("application/x-ndjson;q=0.5, application/json;q=0.4", "application/x-ndjson")]
    [InlineData("application/json;q=0, */*;q=0.1", "application/x-ndjson")]
    [InlineData("application/json; charset=utf-8", "application/json")]
    [InlineData("text/html, application/avro", "application/avro")]
    public async Task Accept_chooses_the_form(string accept, string form)
    {
        await FillAsync(1);
        Assert.Equal(form, (await _api.GetAsync(Events, ("Accept", accept))).Header("Content-Type"));
    }

    [Fact]
    public async Task A_form_not_given_out_is_406_with_those_that_are()
    {
        await FillAsync(1);
        Reply reply = await _api.GetAsync(Events, ("Accept", "text/csv"));
        Assert.Equal((406, "not_acceptable", 4), (reply.Status, reply.Code, reply.Json["offered"]!.AsArray().Count));
    }

    [Theory]
    [InlineData("offset=-1", "offset")]
    [InlineData("offset=first", "offset")]
    [InlineData("offset=1&time=0", "time")]
    [InlineData("time=noon", "time")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=10001", "limit")]
    [InlineData("maxBytes=33554433", "maxBytes")]
    [InlineData("wait=31", "wait")]
    [InlineData("wait=P1Y", "wait")]
    [InlineData("wait=-1", "wait")]
    [InlineData("wait=NaN", "wait")]
    [InlineData("max=5", "max")]
    [InlineData("limit=1&limit=2", "limit")]
    public async Task A_query_that_makes_no_sense_is_refused_by_name(string query, string name)
    {
        await FillAsync(1);
        Reply reply = await _api.GetAsync($"{Events}?{query}");
        Assert.Equal((400, "invalid_parameter", name), (reply.Status, reply.Code, (string?)reply.Json["parameter"]));
    }

    [Theory]
    [InlineData("/streams/none/partitions/0/events", "stream_not_found")]
    [InlineData("/streams/s/partitions/1/events", "partition_not_found")]
    public async Task What_is_not_there_is_404(string path, string code)
    {
        await FillAsync(1);
        Reply reply = await _api.GetAsync(path);
        Assert.Equal((404, code), (reply.Status, reply.Code));
    }

    [Theory]
    [InlineData("wait=PT20S")]
    [InlineData("wait=20")]
    public async Task Waiting_at_the_end_answers_when_an_event_comes(string wait)
    {
        await FillAsync(1);
        Task<Reply> waiting = _api.GetAsync($"{Events}?offset=1&{wait}");
        Assert.False(waiting.IsCompleted);
        await _api.PostAsync("/streams/s/events", """[{"value":"new"}]""");
        while (!waiting.IsCompleted)
        {
            _api.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal("new", (string?)(await waiting).Json["events"]![0]!["value"]);
    }

    [Fact]
    public async Task HEAD_answers_positions_without_events()
    {
        await FillAsync(2);
        Reply reply = await _api.SendAsync("HEAD", Events);
        Assert.Equal((200, "2", 0), (reply.Status, reply.Header("Next-Offset"), reply.Raw.Length));
    }

    [Fact]
    public async Task A_page_of_many_blocks_is_whole()
    {
        await _api.CreateAsync();
        for (int i = 0; i < 50; i++)
        {
            await _api.PostAsync("/streams/s/events", $$"""[{"value":{{i}}},{"value":"{{new string('x', 3000)}}"}]""");
        }

        Assert.Equal(Enumerable.Range(0, 50), (await _api.EventsAsync()).Where((_, i) => i % 2 == 0).Select(e => (int)e!["value"]!));
    }

    [Fact]
    public async Task Partitions_are_listed_with_their_positions()
    {
        await _api.CreateAsync("""{"partitions":2}""");
        await _api.PostAsync("/streams/s/partitions/1/events", """[{"value":1},{"value":2}]""");
        JsonArray partitions = (await _api.GetAsync("/streams/s/partitions")).Json["partitions"]!.AsArray();
        Assert.Equal(
            [(0, 0L, 0L, 1), (1, 0L, 2L, 1)],
            partitions.Select(p => ((int)p!["partition"]!, (long)p["logStartOffset"]!, (long)p["logEndOffset"]!, (int)p["segments"]!)));
    }

    [Fact]
    public async Task Segments_are_listed_with_URLs()
    {
        await FillAsync(2);
        JsonNode segment = (await _api.GetAsync("/streams/s/segments?partition=0&offset=1")).Json["segments"]![0]!;
        Assert.Equal(
            ["partition", "baseOffset", "nextOffset", "bytes", "sealed", "generation", "schemaVersion", "codec", "url", "expires", "events", "firstAppended",
                "lastAppended"],
            segment.AsObject().Select(m => m.Key));
        Assert.Equal((0, 2, "deflate"), ((int)segment["baseOffset"]!, (int)segment["nextOffset"]!, (string?)segment["codec"]));
    }

    [Theory]
    [InlineData("offset=1", 400, "invalid_parameter")]
    [InlineData("partition=1", 404, "partition_not_found")]
    [InlineData("partition=x", 400, "invalid_parameter")]
    public async Task Segments_of_what_is_not_there_are_refused(string query, int status, string code)
    {
        await FillAsync(1);
        Reply reply = await _api.GetAsync($"/streams/s/segments?{query}");
        Assert.Equal((status, code), (reply.Status, reply.Code));
    }

    private async Task FillAsync(int events)
    {
        await _api.CreateAsync();
        Reply reply = await _api.PostAsync("/streams/s/events", $"[{string.Join(",", Enumerable.Range(0, events).Select(i => $$"""{"value":{{i}}}"""))}]");
        Assert.Equal(200, reply.Status);
    }

    // Moves the log start in stream.json, as retention does.
    private async Task RaiseLogStartAsync(long offset)
    {
        using BlobRead stored = (await _api.Blobs.ReadAsync("s/stream.json", 0, 1 << 20, TestApi.Cancellation))!;
        JsonNode document = JsonNode.Parse(stored.Content.Span)!;
        document["logStarts"] = new JsonObject { ["0"] = offset };
        await _api.Blobs.WriteAsync(
            "s/stream.json", Encoding.UTF8.GetBytes(document.ToJsonString()), WriteCondition.IfUnchanged(stored.ETag), TestApi.Cancellation);
        _api.Time.Advance(TimeSpan.FromMinutes(1));
    }
}
