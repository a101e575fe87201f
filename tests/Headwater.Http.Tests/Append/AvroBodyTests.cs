using Avro;
using Avro.File;
using Avro.Generic;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>Avro container files as bodies, written by Apache.Avro.</summary>
public sealed class AvroBodyTests
{
    private const string Flight =
        """{"type":"record","name":"Flight","namespace":"x","fields":[{"name":"origin","type":"string"},{"name":"delay","type":["null","int"]}]}""";

    private const string Envelope = $$$"""
        {"type":"record","name":"Envelope","fields":[
          {"name":"key","type":["null","string"]},
          {"name":"time","type":{"type":"long","logicalType":"timestamp-millis"}},
          {"name":"value","type":{{{Flight}}}},
          {"name":"headers","type":{"type":"map","values":"string"}}]}
        """;

    private readonly TestApi _api = new();

    [Theory]
    [InlineData("application/avro", "null")]
    [InlineData("application/avro", "deflate")]
    [InlineData("avro/binary", "deflate")]
    public async Task Records_of_the_streams_schema_are_values(string type, string codec)
    {
        await _api.CreateAsync($$"""{"schema":{{Flight}}}""");
        Reply reply = await PostAsync(Write(Flight, codec, s => FlightOf(s, "ABQ", 3), s => FlightOf(s, "LAX", null)), type);
        Assert.Equal(200, reply.Status);
        Assert.Equal("""{"origin":"ABQ","delay":3},{"origin":"LAX","delay":null}""", await ValuesAsync());
    }

    [Theory]
    [InlineData("""{"type":"record","name":"\ud800","fields":[{"name":"value","type":"int"}]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"\ud800","type":"int"}]}""")]
    [InlineData("""{"type":"\ud800","name":"R","fields":[]}""")]
    [InlineData("""{"\ud800fields":1,"type":"record","name":"R","fi\udc00elds":[]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"time","type":{"type":"long","logicalType":"\udc00"}},{"name":"value","type":"int"}]}""")]
    public async Task Half_a_surrogate_pair_in_the_files_schema_is_refused(string schema)
    {
        await _api.CreateAsync("""{"schema":"int"}""");

        Reply reply = await PostAsync(AvroFile.Deflated(schema, 1, [2]));

        Assert.Equal((400, "malformed_body"), (reply.Status, reply.Code));
        Assert.Empty(await _api.EventsAsync());
    }

    [Fact]
    public async Task A_record_with_a_value_brings_key_time_and_headers()
    {
        await _api.CreateAsync($$"""{"schema":{{Flight}}}""");
        Reply reply = await PostAsync(Write(Envelope, "deflate", s => EnvelopeOf(s, "k"), s => EnvelopeOf(s, null)));
        Assert.Equal(200, reply.Status);
        Assert.Equal(
            """{"offset":0,"appended":"2024-05-01T12:00:00.000000Z","time":"2001-01-31T21:55:00Z","key":"k","headers":"""
            + """{"a":"b"},"value":{"origin":"ABQ","delay":3}}""",
            (await _api.EventsAsync())[0]!.ToJsonString());
    }

    [Theory]
    [InlineData(Flight, """{"origin":"ABQ","delay":null}""")]
    [InlineData("""["null","string"]""", "\"x\"")]
    [InlineData("""["string","null"]""", "\"x\"")]
    [InlineData("""["int","string"]""", "7")]
    [InlineData("\"double\"", "0.5")]
    [InlineData(null, """{"any":["JSON"]}""")]
    public async Task A_segment_of_one_stream_can_be_posted_to_another(string? schema, string value)
    {
        string settings = schema is null ? "{}" : $$"""{"schema":{{schema}}}""";
        await _api.CreateAsync(settings, "from");
        await _api.CreateAsync(settings);
        await _api.PostAsync(
            "/streams/from/events", $$"""[{"key":"k","headers":{"a":"b"},"time":5,"value":{{value}}},{"value":{{value}}}]""", ("Idempotency-Key", "x"));
        Reply segment = await _api.GetAsync("/streams/from/partitions/0/events", ("Accept", "application/avro"));
        Reply reply = await PostAsync(segment.Body);
        Assert.Equal(200, reply.Status);
        Assert.Equal((await _api.EventsAsync(stream: "from")).ToJsonString(), (await _api.EventsAsync()).ToJsonString());
    }

    [Fact]
    public async Task A_segment_with_tombstones_can_be_posted()
    {
        await _api.CreateAsync($$"""{"kind":"entity","schema":{{Flight}}}""", "from");
        await _api.CreateAsync($$"""{"kind":"entity","schema":{{Flight}}}""");
        await _api.PostAsync("/streams/from/events", """[{"key":"k","value":null}]""");
        Reply segment = await _api.GetAsync("/streams/from/partitions/0/events", ("Accept", "application/avro"));
        await PostAsync(segment.Body);
        Assert.Null((await _api.EventsAsync())[0]!["value"]);
    }

    [Theory]
    [InlineData("""{"type":"record","name":"Flight","namespace":"x","fields":[{"name":"origin","type":"string"},{"name":"delay","type":["null","long"]}]}""")]
    [InlineData("\"string\"")]
    [InlineData("""{"type":"record","name":"E","fields":[{"name":"value","type":"string"}]}""")]
    [InlineData("""{"type":"record","name":"E","fields":[{"name":"key","type":"string"}]}""")]
    public async Task Another_schema_does_not_fit(string schema)
    {
        await _api.CreateAsync($$"""{"schema":{{Flight}}}""");
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await PostAsync(Write(schema, "null"));
        Assert.Equal((422, "event_invalid"), (reply.Status, reply.Code));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Theory]
    [InlineData("""{"name":"extra","type":"int"}""")]
    [InlineData("""{"name":"key","type":"bytes"}""")]
    [InlineData("""{"name":"time","type":"long"}""")]
    [InlineData("""{"name":"offset","type":"long"}""")]
    public async Task A_field_an_event_does_not_have_is_refused_by_name(string field)
    {
        await _api.CreateAsync($$"""{"schema":{{Flight}}}""");
        Reply reply = await PostAsync(Write($$"""{"type":"record","name":"E","fields":[{"name":"value","type":{{Flight}}},{{field}}]}""", "null"));
        Assert.Equal(422, reply.Status);
        Assert.Contains(field[9..field.IndexOf('"', 9)], (string?)reply.Json["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_cut_short_anywhere_stores_nothing()
    {
        await _api.CreateAsync($$"""{"schema":{{Flight}}}""");
        byte[] file = Write(Flight, "null", s => FlightOf(s, "ABQ", 3));
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Contains((await PostAsync(file[..length])).Code, new[] { "malformed_body", "empty_batch" });
        }

        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task A_block_whose_sync_marker_is_wrong_is_refused()
    {
        await _api.CreateAsync($$"""{"schema":{{Flight}}}""");
        byte[] file = Write(Flight, "null", s => FlightOf(s, "ABQ", 3));
        file[^1] ^= 1;
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await PostAsync(file);
        Assert.Equal((400, "malformed_body"), (reply.Status, reply.Code));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task A_file_without_events_is_an_empty_batch()
    {
        await _api.CreateAsync($$"""{"schema":{{Flight}}}""");
        Reply reply = await PostAsync(Write(Flight, "null"));
        Assert.Equal("empty_batch", reply.Code);
    }

    private static byte[] Write(string schema, string codec, params Func<Schema, object>[] records)
    {
        var parsed = Schema.Parse(schema);
        using var file = new MemoryStream();
        using (IFileWriter<object> writer = DataFileWriter<object>.OpenWriter(
            new GenericDatumWriter<object>(parsed), file, Codec.CreateCodecFromString(codec), leaveOpen: true))
        {
            foreach (Func<Schema, object> record in records)
            {
                writer.Append(record(parsed));
            }

            writer.Flush();
        }

        return file.ToArray();
    }

    private static GenericRecord FlightOf(Schema schema, string origin, int? delay)
    {
        var record = new GenericRecord((RecordSchema)schema);
        record.Add("origin", origin);
        record.Add("delay", delay);
        return record;
    }

    private static GenericRecord EnvelopeOf(Schema schema, string? key)
    {
        var record = new GenericRecord((RecordSchema)schema);
        record.Add("key", key);
        record.Add("time", new DateTime(2001, 1, 31, 21, 55, 0, DateTimeKind.Utc));
        record.Add("value", FlightOf(((RecordSchema)schema)["value"].Schema, "ABQ", 3));
        record.Add("headers", new Dictionary<string, object> { ["a"] = "b" });
        return record;
    }

    private Task<Reply> PostAsync(byte[] file, string type = "application/avro") => _api.SendAsync("POST", "/streams/s/events", file, ("Content-Type", type));

    private async Task<string> ValuesAsync() => string.Join(',', (await _api.EventsAsync()).Select(e => e!["value"]!.ToJsonString()));
}
