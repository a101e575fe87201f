using System.Buffers;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

/// <summary>Hot paths allocate nothing per event and a few objects per block, measured in bytes.</summary>
public sealed class AllocationTests
{
    private const int Events = 5000;

    /// <summary>The objects of one block, independent of its events: the batch record, the owners of rented buffers, a deflate stream.</summary>
    private const long PerBlock = 4096;

    private static readonly KeyValuePair<string, string>[] Headers = [new("trace", "0af7651916cd43dd8448eb211c80319c"), new("kind", "x")];

    [Fact]
    public void Encoding_events_allocates_nothing_per_event()
    {
        using var events = new EventBatch();
        Fill(events);
        Assert.Equal(0, AllocatedBy(() => Fill(events), before: events.Clear));
    }

    [Fact]
    public void Copying_events_allocates_nothing_per_event()
    {
        using var events = new EventBatch();
        using var copies = new EventBatch();
        Fill(events);
        Copy(events, copies);
        Assert.Equal(0, AllocatedBy(() => Copy(events, copies), before: copies.Clear));
    }

    [Theory]
    [InlineData(BlockCodec.Null)]
    [InlineData(BlockCodec.Deflate)]
    [InlineData(BlockCodec.Zstandard)]
    public void Writing_a_block_allocates_nothing_per_event(BlockCodec codec)
    {
        using var events = new EventBatch();
        Fill(events);
        var output = new ArrayBufferWriter<byte>(2 * 1024 * 1024);
        Write(events, codec, output);
        Assert.InRange(AllocatedBy(() => Write(events, codec, output)), 0, PerBlock);
    }

    [Theory]
    [InlineData(BlockCodec.Null)]
    [InlineData(BlockCodec.Deflate)]
    [InlineData(BlockCodec.Zstandard)]
    public void Reading_a_block_allocates_nothing_per_event(BlockCodec codec)
    {
        using var events = new EventBatch();
        Fill(events);
        var output = new ArrayBufferWriter<byte>(2 * 1024 * 1024);
        Write(events, codec, output);
        using var block = new DecodedBlock();
        Assert.Equal(Events, Walk(output, codec, block));
        Assert.InRange(AllocatedBy(() => Walk(output, codec, block)), 0, PerBlock);
    }

    /// <summary>
    /// The minimum of five runs. Other tests can cause a collection at any time; it empties the array pools, which only increases the measured amount.
    /// </summary>
    private static long AllocatedBy(Action action, Action? before = null) => Enumerable.Range(0, 5).Min(_ =>
    {
        before?.Invoke();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - allocated;
    });

    private static void Fill(EventBatch events)
    {
        for (int i = 0; i < Events; i++)
        {
            events.Begin(new UnixMicros(i), "a key of some length", Headers);
            events.Value.WriteUnionIndex(1);
            events.Value.WriteBytes("a value that is a little longer than its key"u8);
            events.End();
        }
    }

    private static void Copy(EventBatch from, EventBatch to)
    {
        for (int i = 0; i < from.Count; i++)
        {
            to.AppendFrom(from, i);
        }
    }

    private static void Write(EventBatch events, BlockCodec codec, ArrayBufferWriter<byte> output)
    {
        output.ResetWrittenCount();
        BatchRecord batch = Samples.SequencedBatch with { Count = Events };
        BlockEncoder.Write(events, batch, new Offset(1L << 40), new UnixMicros(Samples.Appended), codec, Samples.Sync, output);
    }

    private static int Walk(ArrayBufferWriter<byte> output, BlockCodec codec, DecodedBlock block)
    {
        BlockDecoder.TryRead(output.WrittenSpan, 0, codec, Samples.Sync, block);
        int headers = 0;
        foreach (DecodedEvent view in block.GetEvents(ValueSchema.Bytes))
        {
            foreach (EventHeader header in view.Headers)
            {
                headers += header.Name.Length == 5 ? 1 : 0;
            }
        }

        return headers;
    }
}
