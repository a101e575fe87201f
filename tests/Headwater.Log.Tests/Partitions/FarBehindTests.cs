using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Partitions;

/// <summary>An instance that is far behind what others appended reads the checkpoint and what came after it, once for all who wait.</summary>
public sealed class FarBehindTests
{
    private const int BlockBytes = 900_000;

    private const long BytesMost = 16 << 20;

    [Fact]
    public void Thirty_two_reads_of_the_latest_cost_what_one_costs() => World.Play(async world =>
    {
        (Instance away, Instance writer, StreamDescription stream) = await StartAsync(world);
        await FillAsync(writer, stream, blocks: 160);
        away.Slowly().Storage.Clear();

        Page[] pages = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => away.ReadAsync(stream, ReadFrom.Latest)));

        Assert.All(pages, p => Assert.Equal(161, p.Next.Value));
        AssertCost(away, calls: 6);
    });

    [Fact]
    public void Reads_of_the_latest_at_once_share_two_catch_ups() => World.Play(async world =>
    {
        (Instance away, Instance writer, StreamDescription stream) = await StartAsync(world);
        await writer.AppendAsync(stream, "new");
        away.Slowly().Storage.Clear();

        Page[] pages = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => away.ReadAsync(stream, ReadFrom.Latest)));

        Assert.All(pages, p => Assert.Equal(2, p.Next.Value));
        AssertCost(away, calls: 2);
    });

    [Fact]
    public void An_append_after_others_filled_a_segment_costs_no_more_than_after_a_start() => World.Play(async world =>
    {
        (Instance away, Instance writer, StreamDescription stream) = await StartAsync(world);
        await FillAsync(writer, stream, blocks: 160);
        away.Storage.Clear();

        Assert.Equal(161, await away.AppendAsync(stream, "next"));

        AssertCost(away, calls: 8);
        Assert.Equal("next", (await world.Start().ReadAllAsync(stream))[^1].Value);
    });

    [Fact]
    public void An_append_after_others_filled_many_segments_skips_them() => World.Play(async world =>
    {
        (Instance away, Instance writer, StreamDescription stream) = await StartAsync(world, LogOptions.Default with { SegmentBytes = 9 << 20 });
        await FillAsync(writer, stream, blocks: 160);
        away.Storage.Clear();

        Assert.Equal(161, await away.AppendAsync(stream, "next"));

        AssertCost(away, calls: 10);
        await Audit.PartitionAsync(world, stream);
    });

    [Fact]
    public void Without_a_checkpoint_ahead_the_log_is_read_on() => World.Play(async world =>
    {
        (Instance away, Instance writer, StreamDescription stream) = await StartAsync(world);
        writer.Storage.Every(c => c.ToString() == "Write checkpoint", CallFate.LostBefore);
        await FillAsync(writer, stream, blocks: 40);

        Assert.Equal(41, (await away.ReadAsync(stream, ReadFrom.Latest)).Next.Value);
        Assert.Equal(41, await away.AppendAsync(stream, "next"));
    });

    [Fact]
    public void A_key_appended_meanwhile_is_recognised() => World.Play(async world =>
    {
        (Instance away, Instance writer, StreamDescription stream) = await StartAsync(world);
        await writer.AppendAsync(stream, Keys.Of("key", "body"), "keyed");
        await FillAsync(writer, stream, blocks: 40);

        Assert.True((await away.AppendAsync(stream, Keys.Of("key", "body"), "keyed")).IsReplay);
    });

    [Fact]
    public void Readers_that_wait_are_woken_by_what_they_are_far_behind() => World.Play(async world =>
    {
        (Instance away, Instance writer, StreamDescription stream) = await StartAsync(world);
        Task<Page> waiting = away.ReadAsync(stream, ReadFrom.At(new Offset(1)), limit: 1, wait: TimeSpan.FromSeconds(20));
        await world.QuietAsync();
        await FillAsync(writer, stream, blocks: 40);

        Assert.Single((await waiting).Events);
    });

    [Fact]
    public void Offsets_in_segments_that_were_skipped_are_read() => World.Play(async world =>
    {
        (Instance away, Instance writer, StreamDescription stream) = await StartAsync(world, LogOptions.Default with { SegmentBytes = 9 << 20 });
        Assert.Single(await away.ReadAllAsync(stream));
        await FillAsync(writer, stream, blocks: 40);
        await away.ReadAsync(stream, ReadFrom.Latest);

        Assert.Equal(Enumerable.Range(0, 41), (await away.ReadAllAsync(stream)).Select(e => (int)e.Offset));
    });

    private static void AssertCost(Instance instance, int calls)
    {
        string all = string.Join(", ", instance.Storage.Calls.Select(c => $"{c} {c.Received}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{instance.Storage.Calls.Count} calls: {all}");
        Assert.True(instance.Storage.Calls.Count <= calls, $"{instance.Storage.Calls.Count} calls: {all}");
        Assert.InRange(instance.Storage.Calls.Sum(c => (long)c.Received), 0, BytesMost);
    }

    /// <summary>An instance that knows the end after one event, and another one.</summary>
    private static async Task<(Instance Away, Instance Writer, StreamDescription Stream)> StartAsync(World world, LogOptions? options = null)
    {
        Instance writer = world.Start(options);
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "first");
        Instance away = world.Start(options);
        await away.ReadAllAsync(stream);
        return (away, writer, stream);
    }

    private static async Task FillAsync(Instance writer, StreamDescription stream, int blocks)
    {
        string value = new('x', BlockBytes);
        for (int i = 0; i < blocks; i++)
        {
            await writer.AppendAsync(stream, value);
        }
    }
}
