using System.Globalization;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

/// <summary>If the caller states how old a keyed batch may be, the log is searched for batches that are no longer in the partition's memory.</summary>
public sealed class RecallTests
{
    private const int Memory = 10_000;

    private static readonly AppendOptions Old = Keys.Of("old", "body");

    [Theory]
    [InlineData(50_000)]
    [InlineData(40)]
    public void A_batch_that_the_memory_has_lost_is_found_in_the_log(int segmentAppends) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await ForgottenAsync(world, segmentAppends);
        DateTimeOffset sent = world.Time.GetUtcNow() - TimeSpan.FromHours(3);
        await RecallAsync(instance, stream, sent);
        BlobContents contents = await world.CaptureContentsAsync();

        AppendOutcome repeat = await instance.AppendAsync(stream, Old, "a");

        Assert.True(repeat.IsReplay);
        Assert.Equal(3, repeat.Partitions.Single().Base!.Value.Value);
        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void Without_it_the_batch_would_be_stored_again() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await ForgottenAsync(world, 50_000);

        Assert.False((await instance.AppendAsync(stream, Old, "a")).IsReplay);
    });

    [Fact]
    public void A_batch_that_is_not_there_is_appended() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await ForgottenAsync(world, 50_000);
        AppendOptions other = Keys.Of("other", "body");
        using RequestEvents events = instance.Request(stream, [new Posted("a")], target: 0);
        await instance.Log.RecallAsync(stream, events, other.Request!.Value.Key, world.Time.GetUtcNow() - TimeSpan.FromHours(3), default);

        Assert.False((await instance.AppendAsync(stream, other, "a")).IsReplay);
    });

    [Fact]
    public void Another_instance_that_was_away_meanwhile_finds_it_too() => World.Play(async world =>
    {
        Instance away = world.Start();
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await away.AppendAsync(stream, "first");
        await instance.AppendAsync(stream, Old, "a");
        world.Time.Advance(TimeSpan.FromHours(2));
        await FillAsync(instance, stream);

        await RecallAsync(away, stream, world.Time.GetUtcNow() - TimeSpan.FromHours(3));

        Assert.True((await away.AppendAsync(stream, Old, "a")).IsReplay);
    });

    [Fact]
    public void A_batch_whose_appender_had_a_clock_that_was_behind_is_found() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentAppends = 2 });
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "before", "before", "before");
        DateTimeOffset appended = world.Time.GetUtcNow();
        await instance.AppendAsync(stream, Old, "a");
        world.Time.Advance(TimeSpan.FromHours(2));
        await instance.AppendAsync(stream, "later");

        await RecallAsync(instance, stream, appended + TimeSpan.FromSeconds(29)); // As if the request came after its append time.

        Assert.True((await instance.AppendAsync(stream, Old, "a")).IsReplay);
    });

    [Fact]
    public void While_the_memory_is_not_full_the_log_is_not_searched() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, Old, "a");
        instance.Storage.Clear();

        await RecallAsync(instance, stream, world.Time.GetUtcNow() - TimeSpan.FromDays(3));

        Assert.Single(instance.Storage.Calls);
    });

    [Fact]
    public void Many_messages_no_older_than_the_memory_cost_one_search() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await ForgottenAsync(world, 50_000);
        DateTimeOffset recent = world.Time.GetUtcNow() - TimeSpan.FromMinutes(30);
        await RecallAsync(instance, stream, recent);
        instance.Storage.Clear();

        for (int i = 0; i < 100; i++)
        {
            await RecallAsync(instance, stream, recent + TimeSpan.FromSeconds(i));
        }

        Assert.Empty(instance.Storage.Calls);
    });

    [Fact]
    public void The_keys_loaded_for_old_messages_of_all_partitions_have_one_limit() => World.Play(async world =>
    {
        // The limit is half of this: the keys of one partition fit, those of two do not.
        Instance instance = world.Start(LogOptions.Default with { SegmentAppends = 2, OpenPartitionBytes = 1_000 });
        StreamDescription stream = await instance.CreateAsync(settings: Options.Partitioned(2));
        DateTimeOffset sent = world.Time.GetUtcNow();
        for (int i = 0; i < 4; i++)
        {
            await instance.AppendAsync(stream, [new Posted("a")], Keys.Of($"{i}", "body"), target: i % 2);
            world.Time.Advance(TimeSpan.FromHours(1));
        }

        using RequestEvents first = instance.Request(stream, [new Posted("a")], target: 0);
        using RequestEvents second = instance.Request(stream, [new Posted("a")], target: 1);
        await instance.Log.RecallAsync(stream, first, Keys.Of("0", "body").Request!.Value.Key, sent, default);
        instance.Storage.Clear();
        await instance.Log.RecallAsync(stream, first, Keys.Of("x", "body").Request!.Value.Key, sent, default);
        int again = instance.Storage.Of(StorageOperation.List).Count();
        await instance.Log.RecallAsync(stream, second, Keys.Of("1", "body").Request!.Value.Key, sent, default);
        instance.Storage.Clear();
        await instance.Log.RecallAsync(stream, first, Keys.Of("x", "body").Request!.Value.Key, sent, default);

        Assert.Equal((0, 1), (again, instance.Storage.Of(StorageOperation.List).Count()));
    });

    [Fact]
    public void A_batch_that_another_instance_forgot_for_the_number_of_keys_is_found() => World.Play(async world =>
    {
        // One append takes many more keys than a segment should have, so a whole such segment is forgotten at once.
        LogOptions few = LogOptions.Default with { Memory = MemoryOptions.Default with { Keys = 400, SegmentKeys = 10, RecentBatches = 0 } };
        Instance writer = world.Start(few);
        StreamDescription stream = await writer.CreateAsync();
        DateTimeOffset sent = world.Time.GetUtcNow();
        await AppendAtOnceAsync(world, writer, stream, "old");
        for (int i = 0; i < 8; i++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(1));
            await AppendAtOnceAsync(world, writer, stream, $"{i}");
        }

        await writer.AppendAsync(stream, "rolls");
        await world.Store.DeleteAsync((await world.NamesAsync()).Single(n => n.EndsWith("checkpoint", StringComparison.Ordinal)), null, default);
        Instance cold = world.Start(few);
        using RequestEvents events = cold.Request(stream, [new Posted("a")], target: 0);
        AppendOptions repeated = Keys.Of("old 7", "body");
        await cold.Log.RecallAsync(stream, events, repeated.Request!.Value.Key, sent, default);

        Assert.True((await cold.AppendAsync(stream, repeated, "a")).IsReplay);
    });

    private static async Task AppendAtOnceAsync(World world, Instance writer, StreamDescription stream, string name)
    {
        var gate = new TaskCompletionSource();
        writer.Storage.Next(StorageOperation.AppendBlock, CallFate.HeldUntil(gate.Task));
        Task held = writer.AppendAsync(stream, "held");
        await world.QuietAsync();
        Task<AppendOutcome>[] all = [.. Enumerable.Range(0, 45).Select(i => writer.AppendAsync(stream, Keys.Of($"{name} {i}", "body"), "a"))];
        gate.SetResult();
        await held;
        await Task.WhenAll(all);
    }

    private static async Task<(Instance Instance, StreamDescription Stream)> ForgottenAsync(World world, int segmentAppends)
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentAppends = segmentAppends });
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "before", "before", "before");
        await instance.AppendAsync(stream, Old, "a");
        world.Time.Advance(TimeSpan.FromHours(1));
        await instance.AppendAsync(stream, Keys.Of("between", "body"), "a");
        world.Time.Advance(TimeSpan.FromHours(1));
        await FillAsync(instance, stream);
        return (instance, stream);
    }

    private static async Task FillAsync(Instance instance, StreamDescription stream)
    {
        for (int page = 0; page < Memory; page += 200)
        {
            int first = page;
            await Task.WhenAll(
                Enumerable.Range(first, 200).Select(i => instance.AppendAsync(stream, Keys.Of(i.ToString(CultureInfo.InvariantCulture), "body"), "a")));
        }
    }

    private static async Task RecallAsync(Instance instance, StreamDescription stream, DateTimeOffset since)
    {
        using RequestEvents events = instance.Request(stream, [new Posted("a")], target: 0);
        await instance.Log.RecallAsync(stream, events, Old.Request!.Value.Key, since, default);
    }
}
