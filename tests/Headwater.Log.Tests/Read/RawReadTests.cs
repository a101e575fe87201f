using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Xunit;

namespace Headwater.Log.Tests.Read;

/// <summary>A raw read returns whole stored blocks of one segment as a container file, without re-encoding them.</summary>
public sealed class RawReadTests
{
    [Fact]
    public void A_raw_page_is_the_bytes_as_they_are_stored() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);

        using RawPage page = await ReadAsync(instance, stream);

        using BlobRead? stored = await world.Store.ReadAsync($"orders/{stream.StreamId}/00000/00000000000000000000.avro", 0, int.MaxValue, default);
        Assert.True(SegmentHeader.TryRead(stored!.Content.Span, out _, out int length));
        Assert.Equal(stored.Content[length..].ToArray(), page.Blocks.ToArray());
    });

    [Fact]
    public void A_raw_page_opens_as_a_container_file() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);

        Assert.Equal([0L, 1, 2, 3], RawPages.Offsets(await ReadAsync(instance, stream)));
    });

    [Fact]
    public void A_raw_page_says_nothing_of_producers() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        ProducerEpoch epoch = (await instance.Log.StartProducerAsync(stream, "p", default)).Epoch;
        await Append.SequencedProducerTests.SendAsync(instance, stream, epoch, 0, 3);
        await instance.AppendAsync(stream, Keys.Of("key", "body"), "keyed");
        await instance.AppendAsync(stream, "e");

        using RawPage page = await ReadAsync(instance, stream, from: 4);

        Assert.True(SegmentHeader.TryRead(page.Header.Span, out SegmentHeader? header, out _));
        Assert.Empty(header.Producers);
        Assert.Null(header.KeysSince);
    });

    [Fact]
    public void A_raw_page_begins_with_the_block_that_holds_the_offset() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);

        using RawPage page = await ReadAsync(instance, stream, from: 2);

        Assert.Equal((1, 4), (page.First.Value, page.Range.Next.Value));
        Assert.Equal([1L, 2, 3], RawPages.Offsets(page));
    });

    [Fact]
    public void A_raw_page_holds_one_segment_and_leads_to_the_next() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 5; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        var pages = new List<string>();
        for (long from = 0; from < 5;)
        {
            using RawPage page = await ReadAsync(instance, stream, from);
            pages.Add(string.Join(',', RawPages.Offsets(page)));
            from = page.Range.Next.Value;
        }

        Assert.Equal(["0,1", "2,3", "4"], pages);
    });

    [Theory]
    [InlineData(1, 1 << 20)]
    [InlineData(100, 1)]
    public void A_raw_page_has_at_least_one_block(int limit, int maxBytes) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);

        using RawPage page = await ReadAsync(instance, stream, from: 1, limit, maxBytes);

        Assert.Equal([1L, 2], RawPages.Offsets(page));
    });

    /// <summary>An active segment behind a sealed one, both with several index entries, from every offset and at every limit.</summary>
    [Fact]
    public void A_relayed_page_is_the_verified_one() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentAppends = 40 });
        StreamDescription stream = await instance.CreateAsync(settings: Options.Plain with { Codec = BlockCodec.Null });
        var random = new Random(20261126);
        long end = 0;
        while (end < 120)
        {
            string[] values = [.. Enumerable.Repeat(new string('v', random.Next(50_000)), random.Next(1, 4))];
            end = await instance.AppendAsync(stream, values) + values.Length;
        }

        for (int from = 0; from < end; from++)
        {
            (int limit, int bytes) = (random.Next(1, 30), random.Next(1, 1 << 20));
            using RawPage relayed = await ReadAsync(world.Start(), stream, from, limit, bytes);
            using RawPage verified = await ReadAsync(world.Start(), stream, from, limit, bytes, isVerified: true);

            Assert.Equal((verified.First, verified.Range), (relayed.First, relayed.Range));
            Assert.True(verified.Blocks.Span.SequenceEqual(relayed.Blocks.Span), $"from {from}, limit {limit}, {bytes} bytes");
        }
    });

    [Fact]
    public void A_relayed_page_of_many_blocks_decodes_one_at_most() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        using RawPage whole = await ReadAsync(instance, stream);
        string name = $"orders/{stream.StreamId}/00000/00000000000000000000.avro";
        using BlobRead? stored = await world.Store.ReadAsync(name, 0, int.MaxValue, default);
        byte[] damaged = stored!.Content.ToArray();
        damaged[^(whole.Blocks.Length - 8)] ^= 1; // In the first of the three blocks.
        await world.Store.DeleteAsync(name, null, default);
        await world.Store.CreateAppendBlobAsync(name, default);
        await world.Store.AppendBlockAsync(name, 0, damaged, default);

        using RawPage relayed = await ReadAsync(instance, stream);

        Assert.Equal(damaged[^whole.Blocks.Length..], relayed.Blocks.ToArray());
    });

    [Fact]
    public void A_raw_page_at_the_end_is_a_container_file_without_blocks() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);

        using RawPage page = await ReadAsync(instance, stream, from: 4);

        Assert.Empty(RawPages.Offsets(page));
        Assert.Equal((4, 4, 4), (page.First.Value, page.Range.Next.Value, page.Range.LogEnd.Value));
    });

    [Fact]
    public void A_raw_page_of_an_empty_partition_is_a_container_file_without_blocks() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();

        using RawPage page = await ReadAsync(instance, stream);

        Assert.Empty(RawPages.Offsets(page));
        Assert.Equal(0, page.Range.Next.Value);
    });

    /// <summary>Three requests, with the offsets 0; 1 and 2; 3.</summary>
    private static async Task<(Instance Instance, StreamDescription Stream)> StartAsync(World world)
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "a");
        await instance.AppendAsync(stream, "b", "c");
        await instance.AppendAsync(stream, "d");
        return (instance, stream);
    }

    private static Task<RawPage> ReadAsync(
        Instance instance, StreamDescription stream, long from = 0, int limit = 1000, int maxBytes = 1 << 20, bool isVerified = false)
    {
        var request = new ReadRequest(new PartitionId(0), ReadFrom.At(new Offset(from)), limit, maxBytes, TimeSpan.Zero) { IsVerified = isVerified };
        return instance.Log.ReadRawAsync(stream, request, default);
    }
}
