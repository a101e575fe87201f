using Headwater.Contracts.Errors;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

public sealed class IdempotencyKeyTests
{
    private static readonly AppendOptions Once = Keys.Of("key", "body");

    [Fact]
    public void A_repeat_gets_the_first_answer_and_stores_nothing() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        AppendOutcome first = await instance.AppendAsync(stream, Once, "a", "b");
        BlobContents contents = await world.CaptureContentsAsync();

        AppendOutcome second = await instance.AppendAsync(stream, Once, "a", "b");

        AssertRepeats(first, second);
        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void A_first_request_is_no_replay() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);

        Assert.False((await instance.AppendAsync(stream, Once, "a")).IsReplay);
    });

    [Fact]
    public void The_same_key_with_another_body_is_refused_and_stores_nothing() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await instance.AppendAsync(stream, Once, "a");
        BlobContents contents = await world.CaptureContentsAsync();

        await instance.AppendAsync(stream, Keys.Of("key", "another"), "b").IsRefusedAsync(ErrorCode.IdempotencyKeyReused);

        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void Another_key_with_the_same_body_is_another_request() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await instance.AppendAsync(stream, Once, "a");

        Assert.False((await instance.AppendAsync(stream, Keys.Of("key 2", "body"), "a")).IsReplay);
    });

    [Fact]
    public void A_repeat_by_an_instance_that_knew_the_partition_before_is_seen() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        Instance other = world.Start();
        await other.AppendAsync(stream, "warm");
        AppendOutcome first = await instance.AppendAsync(stream, Once, "a");

        AssertRepeats(first, await other.AppendAsync(stream, Once, "a"));
    });

    [Fact]
    public void A_repeat_is_seen_after_a_cold_open_without_checkpoint() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        AppendOutcome first = await instance.AppendAsync(stream, Once, "a");

        AssertRepeats(first, await world.Start().AppendAsync(stream, Once, "a"));
    });

    [Fact]
    public void A_repeat_is_seen_after_a_cold_open_with_a_checkpoint() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        AppendOutcome first = await instance.AppendAsync(stream, Once, "a");
        await instance.Log.DrainAsync(default);

        AssertRepeats(first, await world.Start().AppendAsync(stream, Once, "a"));
    });

    [Fact]
    public void A_repeat_is_seen_over_rolls() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, AppendOutcome first) = await RollAfterAsync(world);

        AssertRepeats(first, await instance.AppendAsync(stream, Once, "a"));
    });

    [Fact]
    public void A_repeat_is_seen_over_rolls_after_a_cold_open_with_a_checkpoint() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, AppendOutcome first) = await RollAfterAsync(world);
        await instance.Log.DrainAsync(default);

        AssertRepeats(first, await world.Start().AppendAsync(stream, Once, "a"));
    });

    [Fact]
    public void A_repeat_is_seen_over_rolls_after_a_cold_open_without_checkpoint() => World.Play(async world =>
    {
        (_, StreamDescription stream, AppendOutcome first) = await RollAfterAsync(world);
        await Checkpoints.DeleteAsync(world, stream);

        AssertRepeats(first, await world.Start().AppendAsync(stream, Once, "a"));
    });

    [Fact]
    public void Of_two_equal_requests_at_once_one_is_stored_and_the_other_a_replay() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        Held held = await Held.StartAsync(world, instance, stream);
        Task<AppendOutcome> one = instance.AppendAsync(stream, Once, "a");
        Task<AppendOutcome> two = instance.AppendAsync(stream, Once, "a");

        await held.ReleaseAsync();

        AssertRepeats(await one, await two);
        Assert.Equal(["first", "a"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void Of_two_requests_at_once_under_one_key_the_later_is_refused() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        Held held = await Held.StartAsync(world, instance, stream);
        Task<AppendOutcome> one = instance.AppendAsync(stream, Once, "a");
        Task<AppendOutcome> two = instance.AppendAsync(stream, Keys.Of("key", "another"), "b");

        await held.ReleaseAsync();

        Assert.False((await one).IsReplay);
        await two.IsRefusedAsync(ErrorCode.IdempotencyKeyReused);
    });

    [Fact]
    public void A_request_whose_outcome_was_unknown_is_stored_once_by_its_repeat() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await instance.ReadAsync(stream);
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.AnswerLost).Every(_ => true, CallFate.LostBefore);
        await instance.AppendAsync(stream, Once, "a").IsRefusedAsync(ErrorCode.AppendUnknown);
        instance.Storage.Heal();

        Assert.True((await instance.AppendAsync(stream, Once, "a")).IsReplay);

        Assert.Equal(["a"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_request_that_lands_after_its_outcome_was_unknown_is_seen_by_its_repeat() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        var gate = new TaskCompletionSource();
        instance.Storage.Every(c => c.Operation == StorageOperation.AppendBlock, CallFate.LandsAfter(gate.Task));
        await instance.AppendAsync(stream, Once, "a").IsRefusedAsync(ErrorCode.AppendUnknown);
        instance.Storage.Heal();
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.After(async () =>
        {
            gate.SetResult();
            await world.QuietAsync();
        }));

        Assert.True((await instance.AppendAsync(stream, Once, "a")).IsReplay);

        Assert.Equal(["a"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_retry_completes_a_request_that_succeeded_in_part() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(3));
        instance.Storage.When(
            c => c.Operation == StorageOperation.AppendBlock && c.Name.Contains("/00001/", StringComparison.Ordinal), CallFate.Refused(StorageFault.Denied));
        AppendOutcome first = await instance.AppendAsync(stream, Everywhere(), Once);

        AppendOutcome second = await instance.AppendAsync(stream, Everywhere(), Once);

        Assert.Equal([0, 2], first.Partitions.Select(p => p.Partition.Value));
        Assert.Equal([(0, true), (1, false), (2, true)], second.Partitions.Select(p => (p.Partition.Value, p.IsReplay)));
        Assert.False(second.IsReplay);
        int stored = 0;
        for (int p = 0; p < 3; p++)
        {
            stored += (await world.Start().ValuesAsync(stream, p)).Count;
        }

        Assert.Equal(30, stored);
    });

    [Theory]
    [InlineData("warm")]
    [InlineData("checkpoint")]
    [InlineData("scan")]
    public void The_last_10000_keyed_requests_are_remembered(string how) => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentAppends = 4000 });
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 10_000; i++)
        {
            await instance.AppendAsync(stream, Keys.Of($"key {i}", "body"), "a");
        }

        Instance asked = await PrepareAsync(world, instance, stream, how);

        AppendOutcome repeat = await asked.AppendAsync(stream, Keys.Of("key 0", "body"), "a");
        Assert.True(repeat.IsReplay);
        Assert.Equal(0, repeat.Partitions.Single().Base!.Value.Value);
    });

    private static async Task<Instance> PrepareAsync(World world, Instance instance, StreamDescription stream, string how)
    {
        switch (how)
        {
            case "checkpoint":
                await instance.Log.DrainAsync(default);
                return world.Start();
            case "scan":
                await Checkpoints.DeleteAsync(world, stream);
                return world.Start();
            default:
                return instance;
        }
    }

    private static IEnumerable<Posted> Everywhere() => Enumerable.Range(0, 30).Select(i => new Posted($"v{i}", $"k{i}"));

    private static async Task<(Instance Instance, StreamDescription Stream)> StartAsync(World world)
    {
        Instance instance = world.Start();
        return (instance, await instance.CreateAsync());
    }

    /// <summary>Appends a keyed request, followed by a few segments of other events.</summary>
    private static async Task<(Instance Instance, StreamDescription Stream, AppendOutcome First)> RollAfterAsync(World world)
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "before");
        AppendOutcome first = await instance.AppendAsync(stream, Once, "a");
        for (int i = 0; i < 6; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        Assert.Equal(4, (await Audit.PartitionAsync(world, stream)).Count);
        return (instance, stream, first);
    }

    private static void AssertRepeats(AppendOutcome first, AppendOutcome second)
    {
        Assert.True(second.IsReplay);
        Assert.Equal(first.Partitions.Select(p => (p.Partition, p.Base)), second.Partitions.Select(p => (p.Partition, p.Base)));
        Assert.Equal(first.Partitions.Single().Events, second.Partitions.Single().Events);
    }
}
