using System.Buffers;
using System.Text;
using System.Text.Json;
using Headwater.Contracts.Json;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Formats.Incoming;
using Headwater.Formats.Json;
using Headwater.Log.Append;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Xunit;

namespace Headwater.Http.Tests;

/// <summary>Bytes allocated per event, measured as the difference between many events and few.</summary>
public sealed class AllocationTests
{
    private const int Few = 1_000;
    private const int Many = 9_000;
    private const string Schema = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}""";
    private const string Event = """{"value":{"a":1,"b":"text"},"headers":{},"time":5}""";

    private readonly TestApi _api = new();

    [Theory]
    [InlineData("application/json", 48)]
    [InlineData("application/x-ndjson", 80)]
    public async Task Parsing_an_unkeyed_event_allocates_only_what_remembers_its_place(string type, int bytes)
    {
        StreamDescription stream = await CreateAsync();

        // Fills the array pools.
        Parse(stream, Many, type);
        long few = Least(() => Parse(stream, Few, type));
        long many = Least(() => Parse(stream, Many, type));

        // Two growing lists of numbers remain per event: its index in the request and its end in the batch.
        Assert.InRange((many - few) / (double)(Many - Few), 0, bytes);
    }

    [Fact]
    public async Task Rendering_an_event_allocates_nothing()
    {
        StreamDescription stream = await CreateAsync();
        await _api.PostAsync("/streams/s/events", Body(Many, "application/json"));
        using ReadPage page = await _api.Log.ReadAsync(
            stream, new ReadRequest(new PartitionId(0), ReadFrom.Earliest, Many, Limits.ReadBytesMax, TimeSpan.Zero), TestApi.Cancellation);
        var output = new ArrayBufferWriter<byte>(4 << 20);
        Render(page, output);
        output.ResetWrittenCount();
        Assert.InRange(Render(page, output), 0, 1_000);
    }

    // A collection can empty the array pools at any time, which only increases the measured amount.
    private static long Least(Func<long> measure) => Enumerable.Range(0, 5).Min(_ => measure());

    private static long Render(ReadPage page, ArrayBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, WireJson.WriterOptions);
        var times = new AppendedText();
        json.WriteStartArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (ReadBlock block in page.Blocks)
        {
            foreach (DecodedEvent view in block.Block.GetEvents(block.Schema))
            {
                EventJson.Write(json, view, block.Schema, times);
            }

            json.Flush();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string Body(int events, string type) => type == "application/json"
        ? $"[{string.Join(',', Enumerable.Repeat(Event, events))}]"
        : string.Join('\n', Enumerable.Repeat(Event, events));

    private long Parse(StreamDescription stream, int events, string type)
    {
        using var body = new PooledBytes(16 << 20, new BodyBudget(long.MaxValue));
        body.Advance(Encoding.UTF8.GetBytes(Body(events, type), body.Free().Span));
        using RequestEvents request = _api.Log.NewRequest(stream, null, null);
        var incoming = new IncomingEvents(request, stream.Schema, new BodyBudget(long.MaxValue), null);
        long before = GC.GetAllocatedBytesForCurrentThread();
        if (type == "application/json")
        {
            JsonEvents.Read(body.Memory, incoming);
        }
        else
        {
            NdJsonEvents.Read(body.Memory, incoming);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((events, 0), (request.Count, request.Faults.Count));
        return allocated;
    }

    private async Task<StreamDescription> CreateAsync()
    {
        await _api.CreateAsync($$"""{"schema":{{Schema}},"codec":"null"}""");
        return await _api.Log.Streams.GetAsync(StreamName.Parse("s"), TestApi.Cancellation);
    }
}
