using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Append;
using Headwater.Log.Compaction;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

/// <summary>A request key is remembered for an hour of the log, by every instance and whatever caches are lost.</summary>
public sealed class KeyWindowTests
{
    private const int Many = 10_100;

    private static readonly AppendOptions Old = Keys.Of("old", "body");

    [Fact]
    public void A_key_outlives_more_than_10000_later_keys() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, Old, "a");
        await FillAsync(instance, stream, Many);

        AppendOutcome repeat = await instance.AppendAsync(stream, Old, "a");

        Assert.True(repeat.IsReplay);
        Assert.Equal(0, repeat.Partitions.Single().Base!.Value.Value);
    });

    [Theory]
    [InlineData("nothing")]
    [InlineData("the checkpoint")]
    [InlineData("the key files")]
    [InlineData("both")]
    public void A_cold_instance_knows_the_keys_of_earlier_segments_without(string lost) => World.Play(async world =>
    {
        Instance first = world.Start(Options.RollsOften);
        StreamDescription stream = await first.CreateAsync();
        await first.AppendAsync(stream, Old, "a");
        for (int i = 0; i < 9; i++)
        {
            await first.AppendAsync(stream, Keys.Of($"later {i}", "body"), "b");
        }

        await first.Log.DrainAsync(default);
        await LoseAsync(world, stream, lost);

        Assert.True((await world.Start().AppendAsync(stream, Old, "a")).IsReplay);
    });

    [Fact]
    public void A_lost_key_file_is_made_again() => World.Play(async world =>
    {
        (Instance first, StreamDescription stream) = await RolledAsync(world);
        IReadOnlyList<string> before = await KeyFilesAsync(world);
        await LoseAsync(world, stream, "the key files");

        await world.Start().AppendAsync(stream, Keys.Of("another", "body"), "x");

        Assert.NotEmpty(before);
        Assert.Equal(before, await KeyFilesAsync(world));
    });

    [Fact]
    public void A_damaged_key_file_is_not_believed() => World.Play(async world =>
    {
        (Instance _, StreamDescription stream) = await RolledAsync(world);
        foreach (string name in await KeyFilesAsync(world))
        {
            await world.Store.WriteAsync(name, new byte[] { 1, 2, 3 }, Ports.WriteCondition.Always, default);
        }

        Assert.True((await world.Start().AppendAsync(stream, Old, "a")).IsReplay);
    });

    [Fact]
    public void A_new_key_costs_no_call_but_its_append() => World.Play(async world =>
    {
        (Instance _, StreamDescription stream) = await RolledAsync(world);
        Instance warm = world.Start(LogOptions.Default with { Memory = MemoryOptions.Default with { RecentBatches = 0 } });
        await warm.AppendAsync(stream, Keys.Of("warm", "body"), "x");
        warm.Storage.Clear();

        await warm.AppendAsync(stream, Keys.Of("new", "body"), "x");

        Assert.Equal([StorageOperation.AppendBlock], warm.Storage.Calls.Select(c => c.Operation));
    });

    [Fact]
    public void A_repeat_costs_one_read_of_its_block_and_one_of_the_log_end() => World.Play(async world =>
    {
        (Instance _, StreamDescription stream) = await RolledAsync(world);
        Instance warm = world.Start(LogOptions.Default with { Memory = MemoryOptions.Default with { RecentBatches = 0 } });
        await warm.AppendAsync(stream, Keys.Of("warm", "body"), "x");
        warm.Storage.Clear();

        Assert.True((await warm.AppendAsync(stream, Old, "a")).IsReplay);

        Assert.Equal([StorageOperation.Read, StorageOperation.Read], warm.Storage.Calls.Select(c => c.Operation));
    });

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    public void A_key_is_remembered_for_an_hour_of_the_log(int minutes, bool isRemembered) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await RolledAsync(world);
        world.Time.Advance(TimeSpan.FromMinutes(minutes));
        await instance.AppendAsync(stream, "later");

        Assert.Equal(isRemembered, (await world.Start().AppendAsync(stream, Old, "a")).IsReplay);
    });

    [Fact]
    public void A_segment_ends_at_65536_keyed_batches() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { Memory = MemoryOptions.Default with { SegmentKeys = 5 } });
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 6; i++)
        {
            await instance.AppendAsync(stream, Keys.Of($"{i}", "body"), "x");
        }

        Assert.Equal(65_536, MemoryOptions.Default.SegmentKeys);
        Assert.Equal(2, (await instance.Log.PositionsAsync(stream, default))[0].Segments);
    });

    [Fact]
    public void Above_the_number_of_keys_the_oldest_are_forgotten_first() => World.Play(async world =>
    {
        MemoryOptions few = MemoryOptions.Default with { Keys = 6, SegmentKeys = 3, RecentBatches = 0 };
        Instance instance = world.Start(LogOptions.Default with { Memory = few });
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 12; i++)
        {
            await instance.AppendAsync(stream, Keys.Of($"{i}", "body"), "x");
        }

        Assert.True((await instance.AppendAsync(stream, Keys.Of("9", "body"), "x")).IsReplay);
        Assert.False((await instance.AppendAsync(stream, Keys.Of("0", "body"), "x")).IsReplay);
    });

    [Fact]
    public void Retention_moves_the_log_start_at_once_and_deletes_the_segment_once_its_keys_have_expired() => World.Play(async world =>
    {
        var minute = new RetentionSettings(TimeSpan.FromMinutes(1), null);
        (Instance instance, StreamDescription stream) = await RolledAsync(world, Options.Plain with { Retention = minute });
        world.Time.Advance(TimeSpan.FromMinutes(2));
        await instance.AppendAsync(stream, "later");

        PartitionReport soon = await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);
        bool isRemembered = (await world.Start().AppendAsync(stream, Old, "a")).IsReplay;
        world.Time.Advance(TimeSpan.FromHours(1));
        PartitionReport late = await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);

        Assert.True(soon.LogStart > Offset.Zero);
        Assert.Equal(0, soon.SegmentsDropped);
        Assert.True(isRemembered);
        Assert.InRange(late.SegmentsDropped, 1, 10);
        Assert.DoesNotContain(await KeyFilesAsync(world), n => n.EndsWith("/00000000000000000000.keys", StringComparison.Ordinal));
    });

    [Fact]
    public void One_key_holds_compaction_back_for_an_hour_and_the_report_says_so() => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync(settings: Entities.Settings);
        await writer.AppendAsync(stream, [new Posted("1", "a")], Old);
        await writer.FillAsync(stream, "a=2", "a=3", "b=1");

        CompactionReport soon = await world.Start(Entities.Options).CompactAsync(stream);
        world.Time.Advance(TimeSpan.FromMinutes(61));
        CompactionReport late = await world.Start(Entities.Options).CompactAsync(stream);

        Assert.Equal((false, true), (soon.Ended, soon.KeyHeldBytes > 0));
        Assert.NotNull(soon.KeysHoldUntil);
        Assert.Equal((true, 0), (late.Ended, late.KeyHeldBytes));
        Assert.Equal("2 a=3, 3 b=1", await world.Start().TellAsync(stream));
    });

    [Fact]
    public void Compaction_leaves_a_repeat_to_be_recognised() => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync(settings: Entities.Settings);
        await writer.FillAsync(stream, "a=0", "a=1");
        await writer.AppendAsync(stream, [new Posted("1", "a")], Old);
        await writer.FillAsync(stream, "a=2", "b=1");
        world.Time.Advance(TimeSpan.FromMinutes(50));
        CompactionReport report = await world.Start(Entities.Options).CompactAsync(stream);
        await LoseAsync(world, stream, "both");

        Assert.True(report.Ended);
        Assert.True((await world.Start(Entities.Options).AppendAsync(stream, [new Posted("1", "a")], Old)).IsReplay);
    });

    [Fact]
    public void An_append_is_refused_while_the_keys_of_a_segment_cannot_be_read() => World.Play(async world =>
    {
        (Instance _, StreamDescription stream) = await RolledAsync(world);
        BlobContents contents = await world.CaptureContentsAsync();
        Instance cold = world.Start();
        await cold.Log.PositionsAsync(stream, default);
        cold.Storage.Next(StorageOperation.Read, CallFate.Refused(Ports.StorageFault.Denied));

        await cold.AppendAsync(stream, Old, "a").IsRefusedAsync(Contracts.Errors.ErrorCode.StorageUnavailable);

        await contents.AssertNothingChangedAsync(default);
    });

    /// <summary>Keyed batches in several sealed segments, <see cref="Old"/> in the first.</summary>
    private static async Task<(Instance Instance, StreamDescription Stream)> RolledAsync(World world, StreamSettings? settings = null)
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync(settings: settings);
        await instance.AppendAsync(stream, Old, "a");
        for (int i = 0; i < 6; i++)
        {
            await instance.AppendAsync(stream, Keys.Of($"later {i}", "body"), "b");
        }

        return (instance, stream);
    }

    private static async Task FillAsync(Instance instance, StreamDescription stream, int count)
    {
        for (int page = 0; page < count; page += 200)
        {
            int first = page;
            await Task.WhenAll(
                Enumerable.Range(first, 200).Select(i => instance.AppendAsync(stream, Keys.Of(i.ToString(CultureInfo.InvariantCulture), "body"), "a")));
        }
    }

    private static async Task LoseAsync(World world, StreamDescription stream, string lost)
    {
        if (lost is "the checkpoint" or "both")
        {
            await Checkpoints.DeleteAsync(world, stream);
        }

        if (lost is "the key files" or "both")
        {
            foreach (string name in await KeyFilesAsync(world))
            {
                await world.Store.DeleteAsync(name, null, default);
            }
        }
    }

    private static async Task<IReadOnlyList<string>> KeyFilesAsync(World world) =>
        [.. (await world.NamesAsync()).Where(n => n.EndsWith(".keys", StringComparison.Ordinal))];
}
