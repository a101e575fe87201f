using System.Buffers;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Headwater.Http.Tests.Read;

/// <summary>What a page costs is bounded by its decoded events and known before the answer begins.</summary>
public sealed class PageCostTests
{
    private const string Events = "/streams/s/partitions/0/events";
    private const int Large = 900_000;

    private readonly TestApi _api = new();

    [Theory]
    [InlineData("", 4)]
    [InlineData("?maxBytes=2000000", 2)]
    [InlineData("?maxBytes=1", 1)]
    [InlineData("?maxBytes=33554432", 10)]
    public async Task A_page_ends_where_its_decoded_blocks_exceed_maxBytes(string query, int events)
    {
        await FillAsync(_api, 10);
        Reply reply = await _api.GetAsync(Events + query);
        Assert.Equal((200, events), (reply.Status, reply.Json["events"]!.AsArray().Count));
        Assert.Equal(events, (int)reply.Json["nextOffset"]!);
    }

    [Fact]
    public async Task An_Avro_page_is_counted_as_stored()
    {
        await FillAsync(_api, 10);
        Reply reply = await _api.GetAsync(Events, ("Accept", "application/avro"));
        Assert.Equal((200, "10"), (reply.Status, reply.Header("Next-Offset")));
    }

    [Theory]
    [InlineData("offset=0", "application/json")]
    [InlineData("offset=1", "application/json")]
    [InlineData("offset=1&limit=1", "application/x-ndjson")]
    [InlineData("offset=1", "application/cloudevents-batch+json")]
    public async Task A_block_that_does_not_fit_its_schema_is_reported_before_the_answer_begins(string query, string form)
    {
        await AppendUnfitBlockAsync();
        Reply reply = await _api.GetAsync($"{Events}?{query}", ("Accept", form));
        Assert.Equal((500, "corrupt_segment"), (reply.Status, reply.Code));
    }

    [Theory]
    [InlineData("", "application/json")]
    [InlineData("?verify=true", "application/avro")]
    public async Task A_page_beyond_the_read_budget_is_429_and_holds_nothing_afterwards(string query, string form)
    {
        var api = new TestApi(options: LogOptions.Default with { ReadBytesInFlight = 6_000_000 });
        await FillAsync(api, 1);
        using (MemoryCharge others = api.Log.Reads.Charge(5_000_000))
        {
            Reply refused = await api.GetAsync(Events + query, ("Accept", form));
            Assert.Equal((429, "overloaded", "1"), (refused.Status, refused.Code, refused.Header("Retry-After")));
        }

        Assert.Equal(0, api.Log.Reads.Taken);
        Assert.Equal(200, (await api.GetAsync(Events + query, ("Accept", form))).Status);
        Assert.Equal(0, api.Log.Reads.Taken);
    }

    [Fact]
    public async Task A_relayed_page_is_charged_as_stored_and_holds_nothing_afterwards()
    {
        var api = new TestApi(options: LogOptions.Default with { ReadBytesInFlight = 6_000_000 });
        await FillAsync(api, 1);
        using (MemoryCharge others = api.Log.Reads.Charge(5_000_000))
        {
            Assert.Equal(200, (await api.GetAsync(Events, ("Accept", "application/avro"))).Status);
            Assert.Equal(5_000_000, api.Log.Reads.Taken);
        }

        Assert.Equal(0, api.Log.Reads.Taken);
    }

    [Fact]
    public async Task A_page_that_meets_the_end_of_the_read_budget_ends_with_the_events_it_has()
    {
        var api = new TestApi(options: LogOptions.Default with { ReadBytesInFlight = 12_000_000 });
        await FillAsync(api, 10);
        Reply reply = await api.GetAsync($"{Events}?maxBytes=33554432");
        int events = reply.Json["events"]!.AsArray().Count;
        Assert.InRange(events, 1, 9);
        Assert.Equal(events, (int)reply.Json["nextOffset"]!);
        Assert.Equal(0, api.Log.Reads.Taken);
    }

    [Fact]
    public async Task The_text_that_unions_of_types_that_look_alike_gather_is_charged_before_the_answer_begins()
    {
        var api = new TestApi(options: LogOptions.Default with { ReadBytesInFlight = 8_000_000 });
        await api.CreateAsync("""{"codec":"zstandard","schema":{"type":"array","items":["bytes","string"]}}""");
        await api.PostAsync("/streams/s/events", $$"""[{"value":["{{new string('x', Large)}}!"]}]""");
        Reply refused = await api.GetAsync(Events);
        Assert.Equal((429, "overloaded"), (refused.Status, refused.Code));
        Assert.Equal(0, api.Log.Reads.Taken);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    [InlineData("application/cloudevents-batch+json")]
    public async Task The_text_of_a_page_is_never_gathered(string form)
    {
        string name = new('n', 1_000);
        await _api.CreateAsync($$$"""{"schema":{"type":"record","name":"R","fields":[{"name":"{{{name}}}","type":"int"}]}}""");
        string body = string.Join(',', Enumerable.Repeat($$$"""{"value":{"{{{name}}}":1}}""", 5_000));
        Assert.Equal(200, (await _api.PostAsync("/streams/s/events", $"[{body}]")).Status);

        HttpContext context = TestApi.Context("GET", $"{Events}?limit=10000", null, ("Accept", form));
        var writer = new UnflushedBytes(new StreamResponseBodyFeature(context.Response.Body));
        context.Features.Set<IHttpResponseBodyFeature>(writer);
        await _api.Api.HandleAsync(context);

        Assert.Equal(200, context.Response.StatusCode);
        Assert.InRange(writer.Written, 5_000_000, long.MaxValue);
        Assert.InRange(writer.Most, 0, 128 * 1024);
    }

    private static async Task FillAsync(TestApi api, int events)
    {
        await api.CreateAsync("""{"codec":"zstandard"}""");
        for (int i = 0; i < events; i++)
        {
            Assert.Equal(200, (await api.PostAsync("/streams/s/events", $$"""[{"value":"{{new string('x', Large)}}"}]""")).Status);
        }
    }

    /// <summary>An int, and then a block of a valid checksum whose value ends in its middle.</summary>
    private async Task AppendUnfitBlockAsync()
    {
        await _api.CreateAsync("""{"schema":"string","codec":"null"}""");
        await _api.PostAsync("/streams/s/events", """[{"value":"fits"}]""");
        StreamDescription stream = await _api.Log.Streams.GetAsync(StreamName.Parse("s"), TestApi.Cancellation);
        string segment = $"s/{stream.StreamId}/00000/00000000000000000000.avro";
        using BlobRead read = (await _api.Blobs.ReadAsync(segment, 0, int.MaxValue, TestApi.Cancellation))!;
        Assert.True(SegmentHeader.TryRead(read.Content.Span, out SegmentHeader? header, out _));

        using var unfit = new EventBatch();
        unfit.Begin(null, null, []);
        unfit.Value.WriteUnionIndex(1);
        unfit.Value.WriteLong(1_000_000); // The length of a string that is not there.
        unfit.End();
        var block = new ArrayBufferWriter<byte>();
        var batch = new BatchRecord(new BatchId(7), null, null, null, ProducerEpoch.None, SequenceNumber.Zero, 1);
        BlockEncoder.Write(unfit, batch, new Offset(1), UnixMicros.From(_api.Time.GetUtcNow()), header.Codec, header.Sync, block);
        await _api.Blobs.AppendBlockAsync(segment, read.Length, block.WrittenMemory, TestApi.Cancellation);
    }
}
