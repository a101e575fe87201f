using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Read;

/// <summary>Positions, lag and the check of commits ask for log ends without opening partitions, at most 16 at a time.</summary>
public sealed class EndProbeTests
{
    private const int Partitions = 64;

    private static readonly GroupName Group = GroupName.Parse("g");

    [Fact]
    public void Positions_of_a_cold_process_cost_a_listing_and_a_read_per_partition() => World.Play(async world =>
    {
        StreamDescription stream = await KeyedAsync(world);
        Instance cold = world.Start();

        IReadOnlyList<PartitionPositions> positions = await cold.Log.PositionsAsync(stream, default);

        Assert.All(positions, p => Assert.Equal(3, p.LogEnd.Value));
        AssertProbed(cold, listings: Partitions, others: 1);
    });

    [Fact]
    public void A_commit_by_a_cold_process_costs_a_read_per_partition() => World.Play(async world =>
    {
        StreamDescription stream = await KeyedAsync(world);
        Instance cold = world.Start();

        await CommitAsync(cold, stream, offset: 3);

        AssertProbed(cold, listings: 0, others: 10);
    });

    [Fact]
    public void The_lag_by_a_cold_process_costs_a_read_per_partition() => World.Play(async world =>
    {
        StreamDescription stream = await KeyedAsync(world);
        await CommitAsync(world.Start(), stream, offset: 1);
        Instance cold = world.Start();

        GroupDescription group = await cold.Log.Groups.DescribeAsync(stream, Group, default);

        Assert.All(group.Offsets, o => Assert.Equal(2, o.Lag));
        AssertProbed(cold, listings: 0, others: 4);
    });

    [Fact]
    public void A_second_commit_that_goes_no_further_asks_for_no_end() => World.Play(async world =>
    {
        StreamDescription stream = await KeyedAsync(world);
        Instance cold = world.Start();
        await CommitAsync(cold, stream, offset: 2);
        cold.Storage.Clear();

        await CommitAsync(cold, stream, offset: 3);

        Assert.Empty(cold.Storage.Of(StorageOperation.Read));
    });

    [Fact]
    public void No_more_than_sixteen_ends_are_asked_for_at_a_time() => World.Play(async world =>
    {
        StreamDescription stream = await KeyedAsync(world);
        Instance cold = world.Start();
        var gate = new TaskCompletionSource();
        cold.Storage.Every(c => c.Operation == StorageOperation.Read && c.ShortName.EndsWith(".avro", StringComparison.Ordinal), CallFate.HeldUntil(gate.Task));
        Task first = CommitAsync(cold, stream, offset: 3);
        Task second = cold.Log.PositionsAsync(stream, default);
        await world.QuietAsync();

        Assert.Equal(16, cold.Storage.Of(StorageOperation.Read).Count(c => c.ShortName.EndsWith(".avro", StringComparison.Ordinal)));
        gate.SetResult();
        await Task.WhenAll(first, second);
    });

    [Fact]
    public void An_offset_beyond_the_end_is_refused_with_the_end() => World.Play(async world =>
    {
        StreamDescription stream = await KeyedAsync(world);

        Assert.Equal(3, (await CommitAsync(world.Start(), stream, offset: 4).IsRefusedAsync(ErrorCode.OffsetBeyondEnd)).Number("logEndOffset"));
    });

    [Fact]
    public void What_was_appended_after_the_published_row_counts() => World.Play(async world =>
    {
        StreamDescription stream = await KeyedAsync(world);
        Instance late = world.Start();
        await late.AppendAsync(stream, [new Posted("late"), new Posted("later")], target: 5);

        IReadOnlyList<PartitionPositions> positions = await world.Start().Log.PositionsAsync(stream, default);

        Assert.Equal((3, 5), (positions[4].LogEnd.Value, positions[5].LogEnd.Value));
    });

    [Theory]
    [InlineData(BlockCodec.Null)]
    [InlineData(BlockCodec.Deflate)]
    [InlineData(BlockCodec.Zstandard)]
    public void Appends_of_any_codec_size_and_segment_count(BlockCodec codec) => World.Play(async world =>
    {
        Instance writer = world.Start(LogOptions.Default with { SegmentAppends = 40 });
        StreamDescription stream = await writer.CreateAsync(settings: Options.Plain with { Codec = codec });
        Instance observer = world.Start();
        long end = 0;
        var random = new Random(5);
        for (int i = 0; i < 150; i++)
        {
            int count = random.Next(1, 9);
            await writer.AppendAsync(stream, [.. Enumerable.Range(0, count).Select(_ => new string((char)random.Next('a', 'z'), random.Next(1, 3_000_0)))]);
            end += count;
            if (random.Next(4) == 0)
            {
                Assert.Equal(end, (await observer.Log.PositionsAsync(stream, default)).Single().LogEnd.Value);
                Assert.Equal(end, (await world.Start().Log.PositionsAsync(stream, default)).Single().LogEnd.Value);
            }
        }
    });

    [Fact]
    public void Blocks_larger_than_a_read_count() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, Enumerable.Repeat(new Posted(new string('x', 1_000_000)), 7), target: 0);

        Assert.Equal(7, (await world.Start().Log.PositionsAsync(stream, default)).Single().LogEnd.Value);
    });

    [Fact]
    public void Without_tables_the_ends_are_found_all_the_same() => World.Play(async world =>
    {
        StreamDescription stream = await KeyedAsync(world);
        Instance cold = world.Start();
        cold.Storage.Every(c => !c.IsBlobCall, CallFate.Refused(Ports.StorageFault.Unavailable));

        Assert.All(await cold.Log.PositionsAsync(stream, default), p => Assert.Equal(3, p.LogEnd.Value));
    });

    [Fact]
    public void A_rolled_partition_whose_first_segment_is_gone_is_found_by_its_checkpoint() => World.Play(async world =>
    {
        Instance writer = world.Start(Options.RollsOften);
        StreamDescription stream = await writer.CreateAsync();
        for (int i = 0; i < 9; i++)
        {
            await writer.AppendAsync(stream, $"{i}");
        }

        await world.Store.DeleteAsync($"orders/{stream.StreamId}/00000/00000000000000000000.avro", null, default);
        Instance cold = world.Start();
        cold.Storage.Every(c => !c.IsBlobCall, CallFate.Refused(Ports.StorageFault.Unavailable));

        Assert.Equal(9, (await cold.Log.PositionsAsync(stream, default)).Single().LogEnd.Value);
    });

    private static void AssertProbed(Instance cold, int listings, int others)
    {
        StorageCall[] reads = [.. cold.Storage.Of(StorageOperation.Read).Where(c => c.Name.Contains("/000", StringComparison.Ordinal))];
        Assert.DoesNotContain(reads, c => c.ShortName == "checkpoint");
        Assert.Equal(Partitions, reads.Length);
        Assert.Equal(listings, cold.Storage.Of(StorageOperation.List).Count());
        int rest = cold.Storage.Calls.Count - reads.Length - listings;
        Assert.True(rest <= others + 1, $"{rest} other calls: {string.Join(", ", cold.Storage.Calls.Except(reads))}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{cold.Storage.Calls.Count} calls, {cold.Storage.Calls.Sum(c => (long)c.Received)} bytes");
    }

    private static Task CommitAsync(Instance instance, StreamDescription stream, long offset) => instance.Log.Groups.CommitAsync(
        stream,
        Group,
        new CommitRequest([.. Enumerable.Range(0, Partitions).Select(p => new PartitionCommit(new PartitionId(p), new Offset(offset), null))], null, null),
        default);

    /// <summary>A stream with three keyed events in each partition, as a stopped process has left it.</summary>
    private static async Task<StreamDescription> KeyedAsync(World world)
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync(settings: Options.Partitioned(Partitions));
        for (int partition = 0; partition < Partitions; partition++)
        {
            for (int i = 0; i < 3; i++)
            {
                await writer.AppendAsync(stream, [new Posted($"{i}")], Keys.Of($"{partition}-{i}", "body"), target: partition);
            }
        }

        await writer.Log.DrainAsync(default);
        return stream;
    }
}
