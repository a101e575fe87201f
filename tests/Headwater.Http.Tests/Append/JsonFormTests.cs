using System.Buffers;
using System.Text;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>The JSON form of an event is limited when the event is appended, because every reader of JSON pays for it.</summary>
public sealed class JsonFormTests
{
    private const string Events = "/streams/s/events";
    private const string Page = "/streams/s/partitions/0/events";
    private const int Fields = 40;

    private readonly TestApi _api = new();

    /// <summary>900 items have 36,000,000 bytes of names and 36,000 bytes of values.</summary>
    [Theory]
    [InlineData("application/json", "")]
    [InlineData("application/json", "respond-async")]
    [InlineData("application/x-ndjson", "")]
    [InlineData("application/cloudevents+json", "")]
    [InlineData("application/avro", "")]
    [InlineData("application/avro", "respond-async")]
    public async Task An_event_of_over_32_MiB_of_JSON_is_413_and_stores_nothing(string type, string prefer)
    {
        await CreateAsync();
        Reply reply = await _api.SendAsync("POST", Events, Body(type, items: 900), ("Content-Type", type), ("Prefer", prefer));
        Assert.Equal((413, "event_too_large"), (reply.Status, reply.Code));
        Assert.Equal(0, (int)(await _api.GetAsync(Page)).Json["nextOffset"]!);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/avro")]
    public async Task An_event_of_under_32_MiB_of_JSON_is_stored_and_read(string type)
    {
        await CreateAsync();
        Assert.Equal(200, (await _api.SendAsync("POST", Events, Body(type, items: 800), ("Content-Type", type))).Status);
        Assert.InRange((await _api.GetAsync(Page)).Body.Length, 32_000_000, 1 << 25);
    }

    [Fact]
    public async Task Items_without_bytes_are_counted()
    {
        const string Type = "\"null\"";
        string schema = $$$"""{"type":"array","items":{"type":"record","name":"E","fields":[{{{Names(10, Type)}}}]}}""";
        await _api.CreateAsync($$$"""{"schema":{{{schema}}}}""");
        string items = string.Join(',', Enumerable.Repeat("{" + Members(10) + "}", 4));
        Assert.Equal(200, (await _api.PostAsync(Events, $$"""[{"value":[{{items}}]}]""")).Status);
        byte[] many = AvroFile.Deflated(schema, 1, Count(5_000, []));
        Reply reply = await _api.SendAsync("POST", Events, many, ("Content-Type", "application/avro"));
        Assert.Equal((413, "event_too_large"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task A_stored_event_of_over_32_MiB_of_JSON_stays_readable()
    {
        await CreateAsync();
        await _api.PostAsync(Events, """[{"value":[]}]""");
        await AppendAsync(items: 900);
        Reply reply = await _api.GetAsync($"{Page}?offset=1");
        Assert.Equal((200, 900), (reply.Status, reply.Json["events"]![0]!["value"]!.AsArray().Count));
    }

    private async Task CreateAsync() => await _api.CreateAsync($$$"""{"codec":"null","schema":{{{Schema()}}}}""");

    private static string Schema() =>
        $$$"""{"type":"array","items":{"type":"record","name":"R","fields":[{{{Names(Fields, "\"int\",\"default\":0")}}}]}}""";

    private static string Names(int count, string type) =>
        string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"name":"{{Name(i)}}","type":{{type}}}"""));

    private static string Members(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{Name(i)}\":null"));

    private static string Name(int i) => $"n{i:00}".PadRight(1_000, 'x');

    private static byte[] Body(string type, int items)
    {
        string value = "[" + string.Join(',', Enumerable.Repeat("{}", items)) + "]";
        return type switch
        {
            "application/json" => Encoding.UTF8.GetBytes($$"""[{"value":{{value}}}]"""),
            "application/x-ndjson" => Encoding.UTF8.GetBytes($$"""{"value":{{value}}}"""),
            "application/avro" => AvroFile.Deflated(Schema(), 1, Count(items, new byte[items * Fields])),
            _ => Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"1","source":"/a","type":"t","data":{{value}}}"""),
        };
    }

    private static byte[] Count(int items, byte[] content)
    {
        var block = new ArrayBufferWriter<byte>();
        block.WriteBlockCount(items);
        block.Write(content);
        block.WriteBlockCount(0);
        return block.WrittenSpan.ToArray();
    }

    /// <summary>A block as versions before this limit stored it.</summary>
    private async Task AppendAsync(int items)
    {
        StreamDescription stream = await _api.Log.Streams.GetAsync(StreamName.Parse("s"), TestApi.Cancellation);
        string segment = $"s/{stream.StreamId}/00000/00000000000000000000.avro";
        using BlobRead read = (await _api.Blobs.ReadAsync(segment, 0, int.MaxValue, TestApi.Cancellation))!;
        Assert.True(SegmentHeader.TryRead(read.Content.Span, out SegmentHeader? header, out _));

        using var events = new EventBatch();
        events.Begin(null, null, []);
        events.Value.WriteUnionIndex(1);
        events.Value.Write(Count(items, new byte[items * Fields]));
        events.End();
        var block = new ArrayBufferWriter<byte>();
        var batch = new BatchRecord(new BatchId(7), null, null, null, ProducerEpoch.None, SequenceNumber.Zero, 1);
        BlockEncoder.Write(events, batch, new Offset(1), UnixMicros.From(_api.Time.GetUtcNow()), header.Codec, header.Sync, block);
        await _api.Blobs.AppendBlockAsync(segment, read.Length, block.WrittenMemory, TestApi.Cancellation);
    }
}
