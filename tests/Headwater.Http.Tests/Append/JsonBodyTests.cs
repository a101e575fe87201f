using System.Text.Json.Nodes;
using Xunit;

namespace Headwater.Http.Tests.Append;

public sealed class JsonBodyTests
{
    private const string Schema =
        """{"type":"record","name":"Flight","fields":[{"name":"origin","type":"string"},{"name":"delay","type":["null","int"],"default":null}]}""";

    private readonly TestApi _api = new();

    [Fact]
    public async Task An_array_of_events_is_stored_and_read_back()
    {
        await _api.CreateAsync($$"""{"schema":{{Schema}}}""");
        Reply reply = await _api.PostAsync(
            "/streams/s/events", """[{"key":"ABQ","value":{"origin":"ABQ","delay":14},"headers":{"a":"b"},"time":"2001-01-31T21:55:00.25+01:00"}]""");
        Assert.Equal("""{"count":1,"partitions":[{"partition":0,"baseOffset":0,"count":1}]}""", reply.Text);
        JsonNode stored = (await _api.EventsAsync())[0]!;
        Assert.Equal(
            """{"offset":0,"appended":"2024-05-01T12:00:00.000000Z","time":"2001-01-31T20:55:00.25Z","key":"ABQ","headers":{"a":"b"}"""
                + ""","value":{"origin":"ABQ","delay":14}}""",
            stored.ToJsonString());
    }

    [Fact]
    public async Task An_object_with_events_is_stored()
    {
        await _api.CreateAsync($$"""{"schema":{{Schema}}}""");
        Reply reply = await _api.PostAsync("/streams/s/events", """{"events":[{"value":{"origin":"ABQ"}},{"value":{"origin":"LAX"}}]}""");
        Assert.Equal(2, (int)reply.Json["count"]!);
    }

    [Fact]
    public async Task A_body_without_a_content_type_is_JSON()
    {
        await _api.CreateAsync();
        Reply reply = await _api.SendAsync("POST", "/streams/s/events", """[{"value":1}]""");
        Assert.Equal(200, reply.Status);
    }

    [Fact]
    public async Task A_byte_order_mark_is_ignored()
    {
        await _api.CreateAsync();
        Reply reply = await _api.PostAsync("/streams/s/events", "\uFEFF[{\"value\":1}]");
        Assert.Equal(200, reply.Status);
    }

    [Theory]
    [InlineData("0", "1970-01-01T00:00:00Z")]
    [InlineData("-1", "1969-12-31T23:59:59.999999Z")]
    [InlineData("\"1714567890123456\"", "2024-05-01T12:51:30.123456Z")]
    [InlineData("\"2024-05-01T12:51:30.123456789Z\"", "2024-05-01T12:51:30.123456Z")]
    [InlineData("\"2024-05-01T12:51Z\"", "2024-05-01T12:51:00Z")]
    public async Task A_time_is_microseconds_or_ISO_8601(string given, string expected)
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", $$"""[{"value":1,"time":{{given}}}]""");
        Assert.Equal(expected, (string)(await _api.EventsAsync())[0]!["time"]!);
    }

    [Fact]
    public async Task Null_key_headers_and_time_are_as_absent()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", """[{"value":1,"key":null,"headers":null,"time":null}]""");
        JsonObject stored = (await _api.EventsAsync())[0]!.AsObject();
        Assert.Equal(["offset", "appended", "headers", "value"], stored.Select(m => m.Key));
    }

    [Theory]
    [InlineData("{\"b\" : [1, 2.50, \"\\u00e9\"], \"a\": null}")]
    [InlineData("\"text\"")]
    [InlineData("true")]
    [InlineData("-0.0e1")]
    public async Task A_schemaless_JSON_value_comes_back_as_it_was(string value)
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", $$"""[{"value":{{value}}}]""");
        Reply reply = await _api.GetAsync("/streams/s/partitions/0/events");
        Assert.Contains($"\"value\":{value}}}", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_null_value_is_a_tombstone()
    {
        await _api.CreateAsync("""{"kind":"entity"}""");
        await _api.PostAsync("/streams/s/events", """[{"key":"k","value":null}]""");
        JsonNode stored = (await _api.EventsAsync())[0]!;
        Assert.Null(stored["value"]);
    }

    [Fact]
    public async Task Keys_go_to_their_partitions_in_request_order()
    {
        await _api.CreateAsync("""{"partitions":4}""");
        string body = $"[{string.Join(",", Enumerable.Range(0, 40).Select(i => $$"""{"key":"k{{i % 8}}","value":{{i}}}"""))}]";
        Reply reply = await _api.PostAsync("/streams/s/events", body, ("Prefer", "return=representation"));
        JsonArray offsets = reply.Json["offsets"]!.AsArray();
        for (int i = 0; i < 40; i++)
        {
            JsonArray events = await _api.EventsAsync((int)offsets[i]![0]!);
            Assert.Equal(i, (int)events[(int)offsets[i]![1]!]!["value"]!);
        }
    }
}
