using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

public sealed class GroupCommitTests
{
    [Fact]
    public void What_arrives_while_an_append_is_under_way_goes_into_one_more_AppendBlock() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, Held held) = await HoldFirstAsync(world);
        Task<long>[] queued = [.. Enumerable.Range(0, 32).Select(i => instance.AppendAsync(stream, $"{i}"))];

        await held.ReleaseAsync();
        await Task.WhenAll(queued);

        Assert.Equal(2, instance.Storage.Of(StorageOperation.AppendBlock).Count());
    });

    [Fact]
    public void Requests_of_a_group_are_stored_in_the_order_they_came() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, Held held) = await HoldFirstAsync(world);
        Task<long>[] queued = [.. Enumerable.Range(0, 32).Select(i => instance.AppendAsync(stream, $"{i}a", $"{i}b"))];

        await held.ReleaseAsync();
        long[] offsets = await Task.WhenAll(queued);

        Assert.Equal(Enumerable.Range(0, 32).Select(i => 1L + (2 * i)), offsets);
        Assert.Equal(["first", .. Enumerable.Range(0, 32).SelectMany(i => new[] { $"{i}a", $"{i}b" })], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_lone_request_waits_for_nobody() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "first");
        TimeSpan before = world.Time.Elapsed;

        await instance.AppendAsync(stream, "lone");

        Assert.Equal(before, world.Time.Elapsed);
    });

    [Fact]
    public void An_append_to_a_known_partition_is_one_storage_call() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "first");
        instance.Storage.Clear();

        await instance.AppendAsync(stream, "second");

        Assert.Equal([StorageOperation.AppendBlock], instance.Storage.Calls.Select(c => c.Operation));
    });

    [Fact]
    public void A_group_is_closed_at_its_bytes() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, Held held) = await HoldFirstAsync(world, groupBytes: 3 * SizeOf("0"));
        Task<long>[] queued = [.. Enumerable.Range(0, 9).Select(i => instance.AppendAsync(stream, $"{i}"))];

        await held.ReleaseAsync();
        await Task.WhenAll(queued);

        Assert.Equal(1 + 3, instance.Storage.Of(StorageOperation.AppendBlock).Count());
    });

    [Fact]
    public void A_request_larger_than_a_group_goes_alone_and_in_its_turn() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, Held held) = await HoldFirstAsync(world, groupBytes: 3 * SizeOf("0"));
        string large = new('x', 1000);
        Task<long>[] queued = [.. new[] { "a", "b", large, "c", "d" }.Select(value => instance.AppendAsync(stream, value))];

        await held.ReleaseAsync();
        await Task.WhenAll(queued);

        Assert.Equal(1 + 3, instance.Storage.Of(StorageOperation.AppendBlock).Count());
        Assert.Equal(["first", "a", "b", large, "c", "d"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_linger_gathers_what_comes_within_it() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { Linger = TimeSpan.FromMilliseconds(5) });
        StreamDescription stream = await instance.CreateAsync();
        instance.Storage.Clear();
        Task<long> early = instance.AppendAsync(stream, "early");
        await world.QuietAsync();
        world.Time.Advance(TimeSpan.FromMilliseconds(3));
        Task<long> late = instance.AppendAsync(stream, "late");

        await Task.WhenAll(early, late);

        Assert.Single(instance.Storage.Of(StorageOperation.AppendBlock));
    });

    [Fact]
    public void Partitions_do_not_wait_for_each_other() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(2));
        var gate = new TaskCompletionSource();
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.HeldUntil(gate.Task));
        Task<AppendOutcome> slow = instance.AppendAsync(stream, Posted.Numbers(1), target: 0);

        await instance.AppendAsync(stream, Posted.Numbers(1), target: 1);

        Assert.False(slow.IsCompleted);
        gate.SetResult();
        await slow;
    });

    /// <summary>The size that group commit counts for a request with one event of this value.</summary>
    private static int SizeOf(string value)
    {
        int size = 0;
        World.Play(async world =>
        {
            Instance instance = world.Start();
            using RequestEvents request = instance.Request(await instance.CreateAsync(), [new Posted(value)]);
            size = (int)request.Shares.Single().Events.Bytes;
        });
        return size;
    }

    private static async Task<(Instance Instance, StreamDescription Stream, Held Held)> HoldFirstAsync(World world, int groupBytes = 4 << 20)
    {
        Instance instance = world.Start(LogOptions.Default with { GroupBytes = groupBytes });
        StreamDescription stream = await instance.CreateAsync();
        return (instance, stream, await Held.StartAsync(world, instance, stream));
    }
}
