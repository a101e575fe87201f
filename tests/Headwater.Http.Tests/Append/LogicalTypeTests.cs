using System.Buffers;
using System.Text;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas;
using Headwater.Http.Tests.Queued;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>Every logical type in every position: a value accepted in any format is read back equal in every format.</summary>
public sealed class LogicalTypeTests
{
    private const string Millis = """{"type":"long","logicalType":"timestamp-millis"}""";
    private const string Micros = """{"type":"long","logicalType":"timestamp-micros"}""";

    /// <summary>A type, two values as they are read, and one of them as a default in the JSON of the underlying type.</summary>
    private static readonly (string Type, string[] Values, string Default)[] Types =
    [
        (Millis, ["\"2023-11-14T22:13:20.001Z\"", "9223372036854775807"], "1700000000001"),
        (Micros, ["\"2023-11-14T22:13:20.000001Z\"", "\"0001-01-01T00:00:00.000000Z\""], "1700000000000001"),
        (
            """{"type":"long","logicalType":"timestamp-nanos"}""",
            ["\"2023-11-14T22:13:20.000000001Z\"", "\"1969-12-31T23:59:59.999999999Z\""],
            "1700000000000000001"),
        ("""{"type":"long","logicalType":"local-timestamp-millis"}""", ["\"2023-11-14T22:13:20.001\"", "-9223372036854775808"], "1700000000001"),
        ("""{"type":"long","logicalType":"local-timestamp-micros"}""", ["\"2023-11-14T22:13:20.000001\""], "1700000000000001"),
        ("""{"type":"long","logicalType":"local-timestamp-nanos"}""", ["\"2023-11-14T22:13:20.000000001\""], "1700000000000000001"),
        ("""{"type":"long","logicalType":"time-micros"}""", ["\"23:59:59.999999\"", "86400000000"], "86399999999"),
        ("""{"type":"int","logicalType":"time-millis"}""", ["\"23:59:59.999\"", "-1"], "86399999"),
        ("""{"type":"int","logicalType":"date"}""", ["\"2023-11-14\"", "2147483647"], "19675"),
        ("""{"type":"string","logicalType":"uuid"}""", ["\"123e4567-e89b-12d3-a456-426614174000\""], "\"123e4567-e89b-12d3-a456-426614174000\""),
        (
            """{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}""",
            ["\"00000000-0000-0000-0000-000000000001\""],
            $"\"{string.Concat(Enumerable.Repeat("\\u0000", 15))}\\u0001\""),
        ("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", ["\"-99.99\"", "\"0.00\""], "\"\\u00d8\\u00f1\""),
        ("""{"type":"fixed","name":"D","size":3,"logicalType":"decimal","precision":4,"scale":2}""", ["\"99.99\""], "\"\\u0000\\u0027\\u000f\""),
        (
            """{"type":"fixed","name":"P","size":12,"logicalType":"duration"}""",
            ["\"P1M2DT0.003S\""],
            "\"\\u0001\\u0000\\u0000\\u0000\\u0002\\u0000\\u0000\\u0000\\u0003\\u0000\\u0000\\u0000\""),
    ];

    /// <summary>Schemas that contain a type, each with a value that contains a value of the type.</summary>
    private static readonly (string Schema, string Value)[] Places =
    [
        ("TYPE", "VALUE"),
        ("""{"type":"record","name":"R","fields":[{"name":"a","type":TYPE}]}""", """{"a":VALUE}"""),
        ("""{"type":"array","items":TYPE}""", "[VALUE,VALUE]"),
        ("""{"type":"map","values":TYPE}""", """{"k":VALUE}"""),
        ("""{"type":"record","name":"R","fields":[{"name":"a","type":["null",TYPE]}]}""", """{"a":VALUE}"""),
        (
            """{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"In","fields":[{"name":"b","type":["null","""
                + """{"type":"array","items":TYPE}]}]}}]}""",
            """{"a":{"b":[VALUE]}}"""),
    ];

    private readonly QueueApi _queue = new();

    private TestApi Api => _queue.Api;

    public static TheoryData<int> TypeIndexes => [.. Enumerable.Range(0, Types.Length)];

    [Theory]
    [MemberData(nameof(TypeIndexes))]
    public async Task A_value_is_read_as_it_came_whichever_way_in_and_out(int index)
    {
        int stream = 0;
        foreach ((string schema, string around) in Places)
        {
            foreach (string value in Types[index].Values)
            {
                string name = $"s{stream++}";
                await Api.CreateAsync($$"""{"schema":{{schema.Replace("TYPE", Types[index].Type, StringComparison.Ordinal)}},"inbox":true}""", name);
                await AssertRoundTripsAsync(
                    name, schema.Replace("TYPE", Types[index].Type, StringComparison.Ordinal), around.Replace("VALUE", value, StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [MemberData(nameof(TypeIndexes))]
    public async Task A_default_is_read_as_a_value(int index)
    {
        (string type, string[] values, string fallback) = Types[index];
        await Api.CreateAsync($$$"""{"schema":{"type":"record","name":"R","fields":[{"name":"a","type":{{{type}}},"default":{{{fallback}}}}]}}""");

        Reply reply = await Api.PostAsync("/streams/s/events", """[{"value":{}}]""");

        Assert.Equal(200, reply.Status);
        Assert.Equal($$"""{"a":{{values[0]}}}""", (await Api.EventsAsync())[0]!["value"]!.ToJsonString());
    }

    [Fact]
    public async Task A_file_of_another_logical_type_is_refused_and_nothing_is_stored()
    {
        await Api.CreateAsync($$"""{"schema":{{Micros}}}""");
        BlobContents before = await Api.Blobs.CaptureContentsAsync(TestApi.Cancellation);

        Reply reply =
            await Api.SendAsync("POST", "/streams/s/events", ContainerFile(Millis, Encoded(Millis, "1700000000000")), ("Content-Type", "application/avro"));

        Assert.Equal((422, "event_invalid"), (reply.Status, reply.Code));
        Assert.Contains("timestamp-millis in the file and timestamp-micros in the stream", (string?)reply.Json["detail"], StringComparison.Ordinal);
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task A_stream_with_a_default_that_no_reader_could_take_is_refused()
    {
        Reply reply = await Api.SendAsync(
            "PUT",
            "/streams/s",
            """{"schema":{"type":"record","name":"R","fields":[{"name":"n","type":"int"},"""
                + """{"name":"id","type":{"type":"string","logicalType":"uuid"},"default":""}]}}""",
            ("Content-Type", "application/json"));

        Assert.Equal((422, "schema_invalid"), (reply.Status, reply.Code));
        Assert.Contains("/fields/1/default", (string?)reply.Json["detail"], StringComparison.Ordinal);
    }

    private async Task AssertRoundTripsAsync(string stream, string schema, string value)
    {
        string path = $"/streams/{stream}/events";
        string events = $$"""[{"value":{{value}}}]""";
        string cloudEvent = QueueApi.CloudEvent("1", value, stream);
        Reply[] replies =
        [
            await Api.PostAsync(path, events),
            await Api.PostAsync(path, $$"""{"value":{{value}}}""", ("Content-Type", "application/x-ndjson")),
            await Api.PostAsync(path, cloudEvent, ("Content-Type", "application/cloudevents+json")),
            await Api.SendAsync("POST", path, ContainerFile(schema, Encoded(schema, value)), ("Content-Type", "application/avro")),
            await Api.PostAsync(path, events, ("Prefer", "respond-async")),
        ];
        Assert.All(replies, reply => Assert.True(reply.Status is 200 or 202, $"{schema} {value}: {reply.Text}"));
        await _queue.PutAsync("inbox", cloudEvent);
        await _queue.DrainAsync();
        Reply stored = await Api.GetAsync($"/streams/{stream}/partitions/0/events", ("Accept", "application/avro"));
        Assert.Equal(200, (await Api.SendAsync("POST", path, stored.Body, ("Content-Type", "application/avro"))).Status);

        string[] expected = [.. Enumerable.Repeat(value, 12)];
        Assert.Equal(expected, await ValuesAsync(stream, "application/json", "value"));
        Assert.Equal(expected, await ValuesAsync(stream, "application/x-ndjson", "value"));
        Assert.Equal(expected, await ValuesAsync(stream, "application/cloudevents-batch+json", "data"));
    }

    private async Task<string[]> ValuesAsync(string stream, string accept, string member)
    {
        Reply reply = await Api.GetAsync($"/streams/{stream}/partitions/0/events", ("Accept", accept));
        Assert.Equal(200, reply.Status);
        using JsonDocument page =
            JsonDocument.Parse(accept.EndsWith("ndjson", StringComparison.Ordinal) ? $"[{reply.Text.Trim().Replace('\n', ',')}]" : reply.Text);
        JsonElement events = page.RootElement.ValueKind == JsonValueKind.Array ? page.RootElement : page.RootElement.GetProperty("events");
        return [.. events.EnumerateArray().Select(e => e.GetProperty(member).GetRawText())];
    }

    /// <summary>The bytes of a value in a file with this schema: without the branch index of the union that stored values are in.</summary>
    private static byte[] Encoded(string schema, string value)
    {
        var output = new ArrayBufferWriter<byte>();
        using JsonDocument document = JsonDocument.Parse(value);
        Assert.Null(ValueSchema.Parse(schema).TryWriteJson(document.RootElement, output));
        return output.WrittenSpan[1..].ToArray();
    }

    /// <summary>A container file written by hand from the Avro specification, "Object Container Files".</summary>
    private static byte[] ContainerFile(string schema, byte[] value)
    {
        var file = new ArrayBufferWriter<byte>();
        byte[] sync = new byte[16];
        file.Write("Obj\u0001"u8);
        file.WriteLong(1);
        file.WriteString("avro.schema");
        file.WriteBytes(Encoding.UTF8.GetBytes(schema));
        file.WriteLong(0);
        file.Write(sync);
        file.WriteLong(1);
        file.WriteBytes(value);
        file.Write(sync);
        return file.WrittenSpan.ToArray();
    }
}
