using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Xunit;

namespace Headwater.Log.Tests.Read;

public sealed class ReadTests
{
    [Fact]
    public void A_read_from_the_earliest_begins_with_the_first_event() => World.Play(async world =>
    {
        (Instance reader, StreamDescription stream) = await StartAsync(world, 5);

        Page page = await reader.ReadAsync(stream, ReadFrom.Earliest);

        Assert.Equal([0L, 1, 2, 3, 4], page.Offsets);
    });

    [Fact]
    public void A_read_from_an_offset_begins_there() => World.Play(async world =>
    {
        (Instance reader, StreamDescription stream) = await StartAsync(world, 5);

        Page page = await reader.ReadAsync(stream, from: 3);

        Assert.Equal([3L, 4], page.Offsets);
        Assert.Equal(["3", "4"], page.Values);
    });

    [Fact]
    public void A_read_from_the_middle_of_a_request_begins_there() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "a", "b", "c", "d");

        Page page = await instance.ReadAsync(stream, from: 2);

        Assert.Equal(["c", "d"], page.Values);
    });

    [Fact]
    public void A_read_from_the_latest_finds_only_what_comes_after() => World.Play(async world =>
    {
        (Instance reader, StreamDescription stream) = await StartAsync(world, 5);

        Page page = await reader.ReadAsync(stream, ReadFrom.Latest);

        Assert.Empty(page.Events);
        Assert.Equal((5, 5), (page.Next.Value, page.LogEnd.Value));
    });

    [Fact]
    public void A_page_comes_with_its_positions() => World.Play(async world =>
    {
        (Instance reader, StreamDescription stream) = await StartAsync(world, 5);

        Page page = await reader.ReadAsync(stream, from: 1, limit: 2);

        Assert.Equal((3, 0, 5), (page.Next.Value, page.LogStart.Value, page.LogEnd.Value));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void A_page_has_at_most_the_events_asked_for_and_pages_make_the_whole(int limit) => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentAppends = 5 });
        StreamDescription stream = await instance.CreateAsync();
        var expected = new List<string?>();
        for (int request = 0; request < 12; request++)
        {
            string[] values = [.. Enumerable.Range(0, 1 + (request % 4)).Select(i => $"{request}.{i}")];
            expected.AddRange(values);
            await instance.AppendAsync(stream, values);
        }

        var all = new List<string?>();
        for (Page page = await instance.ReadAsync(stream, limit: limit); page.Events.Count > 0; page = await instance.ReadAsync(stream, page.Next.Value, limit))
        {
            Assert.InRange(page.Events.Count, 1, limit);
            all.AddRange(page.Values);
        }

        Assert.Equal(expected, all);
    });

    [Fact]
    public void A_page_is_as_full_as_it_may_be_even_across_segments() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 10; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        Assert.Equal(9, (await instance.ReadAsync(stream, from: 1, limit: 9)).Events.Count);
    });

    [Fact]
    public void A_page_has_at_most_the_bytes_asked_for() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 10; i++)
        {
            await instance.AppendAsync(stream, new string('x', 1000));
        }

        Page page = await instance.ReadAsync(stream, maxBytes: 4500);

        Assert.InRange(page.Events.Count, 3, 4);
    });

    [Fact]
    public void An_event_larger_than_the_bytes_asked_for_is_delivered_alone() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, new string('x', 900_000));
        await instance.AppendAsync(stream, "small");

        Page page = await instance.ReadAsync(stream, maxBytes: 100);

        Assert.Single(page.Events);
        Assert.Equal(1, page.Next.Value);
    });

    [Fact]
    public void A_block_larger_than_a_chunk_is_delivered() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        string[] large = [.. Enumerable.Range(0, 8).Select(i => new string((char)('a' + i), 1_000_000))];
        await instance.AppendAsync(stream, large);

        Page page = await instance.ReadAsync(stream, from: 6, limit: 1);

        Assert.Equal([large[6]], page.Values);
    });

    [Fact]
    public void Keys_and_append_times_come_with_events() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        world.Time.Advance(TimeSpan.FromMinutes(3));

        await instance.AppendAsync(stream, [new Posted("v", "k")]);

        Delivered delivered = Assert.Single(await instance.ReadAllAsync(stream));
        Assert.Equal(("k", world.Time.GetUtcNow()), (delivered.Key, delivered.Appended));
    });

    [Fact]
    public void An_offset_below_the_log_start_is_gone_and_the_answer_says_where_the_log_starts() => World.Play(async world =>
    {
        (Instance reader, StreamDescription stream) = await StartAsync(world, 5);
        StreamDescription trimmed = stream with { LogStarts = new Dictionary<PartitionId, Offset> { [new PartitionId(0)] = new Offset(3) } };

        HeadwaterException refusal = await reader.ReadAsync(trimmed, from: 2).IsRefusedAsync(ErrorCode.OffsetBelowStart);

        Assert.Equal(3, refusal.Number("logStartOffset"));
    });

    [Fact]
    public void A_read_from_the_earliest_begins_at_the_log_start() => World.Play(async world =>
    {
        (Instance reader, StreamDescription stream) = await StartAsync(world, 5);
        StreamDescription trimmed = stream with { LogStarts = new Dictionary<PartitionId, Offset> { [new PartitionId(0)] = new Offset(3) } };

        Page page = await reader.ReadAsync(trimmed, ReadFrom.Earliest);

        Assert.Equal([3L, 4], page.Offsets);
        Assert.Equal(3, page.LogStart.Value);
    });

    [Fact]
    public void An_offset_beyond_the_end_is_refused_and_the_answer_says_where_the_log_ends() => World.Play(async world =>
    {
        (Instance reader, StreamDescription stream) = await StartAsync(world, 5);

        HeadwaterException refusal = await reader.ReadAsync(stream, from: 6).IsRefusedAsync(ErrorCode.OffsetBeyondEnd);

        Assert.Equal(5, refusal.Number("logEndOffset"));
    });

    [Fact]
    public void A_partition_that_is_not_there_is_refused() => World.Play(async world =>
    {
        (Instance reader, StreamDescription stream) = await StartAsync(world, 1);

        await reader.ReadAsync(stream, partition: 1).IsRefusedAsync(ErrorCode.PartitionNotFound);
    });

    [Fact]
    public void A_read_from_a_place_known_here_is_one_storage_call() => World.Play(async world =>
    {
        (Instance reader, StreamDescription stream) = await StartAsync(world, 5);
        await reader.ReadAsync(stream);
        reader.Storage.Clear();

        await reader.ReadAsync(stream, from: 2);

        Assert.Single(reader.Storage.Calls);
    });

    [Fact]
    public void A_read_of_old_segments_known_here_is_one_storage_call() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 9; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        await instance.ReadAllAsync(stream);
        instance.Storage.Clear();

        await instance.ReadAsync(stream, from: 2, limit: 2);

        Assert.Single(instance.Storage.Calls);
    });

    [Fact]
    public void A_read_deep_in_a_large_segment_begins_near_its_event() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentBytes = 20 << 20 });
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 220; i++)
        {
            await instance.AppendAsync(stream, new string('x', 100_000));
        }

        Instance reader = world.Start();
        await reader.ReadAsync(stream, from: 100, limit: 1);
        reader.Storage.Clear();

        await reader.ReadAsync(stream, from: 150, limit: 1);

        Assert.InRange(reader.Storage.Calls.Sum(c => (long)c.Received), 100_000, 1 << 20);
    });

    [Fact]
    public void A_segment_without_index_is_read_all_the_same() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        instance.Storage.Every(c => c.ShortName.EndsWith(".index", StringComparison.Ordinal), Testing.CallFate.Refused(Ports.StorageFault.Denied));
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 9; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        Assert.Equal(["3", "4"], (await world.Start().ReadAsync(stream, from: 3, limit: 2)).Values);
    });

    [Fact]
    public void A_damaged_index_is_read_past() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 9; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        await world.Store.WriteAsync(
            $"orders/{stream.StreamId}/00000/00000000000000000002.index", new byte[] { 1, 2, 3 }, Ports.WriteCondition.Always, default);

        Assert.Equal(["3", "4"], (await world.Start().ReadAsync(stream, from: 3, limit: 2)).Values);
    });

    /// <summary>A partition with the given number of one-event requests, and an instance that has not opened it yet.</summary>
    private static async Task<(Instance Reader, StreamDescription Stream)> StartAsync(World world, int events)
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < events; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        return (world.Start(), stream);
    }
}
