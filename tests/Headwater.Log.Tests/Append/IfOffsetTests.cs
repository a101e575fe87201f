using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

public sealed class IfOffsetTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void An_append_at_the_end_it_expects_is_stored(int end) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, end);

        AppendOutcome outcome = await instance.AppendAsync(stream, If(end), "a");

        Assert.Equal(end, outcome.Partitions.Single().Base!.Value.Value);
    });

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void An_append_at_another_end_is_refused_with_the_actual_one(int expected) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, 3);
        BlobContents contents = await world.CaptureContentsAsync();

        HeadwaterException refusal = await instance.AppendAsync(stream, If(expected), "a").IsRefusedAsync(ErrorCode.OffsetMismatch);

        Assert.Equal(3, refusal.Number("logEndOffset"));
        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void The_end_is_the_stored_one_not_the_remembered_one() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, 3);
        await world.Start().AppendAsync(stream, "other");

        AppendOutcome outcome = await instance.AppendAsync(stream, If(4), "a");

        Assert.Equal(4, outcome.Partitions.Single().Base!.Value.Value);
    });

    [Fact]
    public void A_refusal_names_the_stored_end_not_the_remembered_one() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, 3);
        await world.Start().AppendAsync(stream, "other");

        HeadwaterException refusal = await instance.AppendAsync(stream, If(7), "a").IsRefusedAsync(ErrorCode.OffsetMismatch);

        Assert.Equal(4, refusal.Number("logEndOffset"));
    });

    [Fact]
    public void Of_two_at_once_that_expect_the_same_end_one_is_stored() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, 0);
        Held held = await Held.StartAsync(world, instance, stream);
        Task<AppendOutcome> one = instance.AppendAsync(stream, If(1), "one");
        Task<AppendOutcome> two = instance.AppendAsync(stream, If(1), "two");

        await held.ReleaseAsync();

        await one;
        Assert.Equal(2, (await two.IsRefusedAsync(ErrorCode.OffsetMismatch)).Number("logEndOffset"));
        Assert.Equal(["first", "one"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void One_that_expects_the_end_behind_a_request_that_fails_is_not_refused_for_it() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, 0);
        Held held = await Held.StartAsync(world, instance, stream);
        using var client = new CancellationTokenSource();
        Task<AppendOutcome> large = instance.AppendAsync(stream, [new Posted("large")], If(1), target: 0);
        Task<AppendOutcome> same = instance.AppendAsync(stream, If(1), "same");
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.Refused(Ports.StorageFault.Denied));

        await held.ReleaseAsync();

        await large.IsRefusedAsync(ErrorCode.StorageUnavailable);
        await same.IsRefusedAsync(ErrorCode.StorageUnavailable); // Not OffsetMismatch: the end offset never changed.
    });

    [Fact]
    public void One_that_expects_the_end_of_a_request_under_way_is_stored_behind_it() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, 0);
        Held held = await Held.StartAsync(world, instance, stream);
        Task<AppendOutcome> one = instance.AppendAsync(stream, If(1), "one");
        Task<AppendOutcome> two = instance.AppendAsync(stream, If(2), "two");

        await held.ReleaseAsync();

        Assert.Equal((1, 2), ((await one).Partitions.Single().Base!.Value.Value, (await two).Partitions.Single().Base!.Value.Value));
    });

    [Fact]
    public void A_repeat_is_answered_before_its_condition_is_looked_at() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, 0);
        AppendOptions once = Keys.Of("key", "body") with { IfOffset = Offset.Zero };
        await instance.AppendAsync(stream, once, "a");

        AppendOutcome repeat = await instance.AppendAsync(stream, once, "a");

        Assert.True(repeat.IsReplay);
    });

    [Fact]
    public void A_condition_goes_with_one_partition() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(4));
        BlobContents contents = await world.CaptureContentsAsync();

        await instance.AppendAsync(stream, Enumerable.Range(0, 20).Select(i => new Posted("v", $"k{i}")), If(0)).IsRefusedAsync(ErrorCode.WrongPartition);

        await contents.AssertNothingChangedAsync(default);
    });

    private static AppendOptions If(long offset) => new() { IfOffset = new Offset(offset) };

    private static async Task<(Instance Instance, StreamDescription Stream)> StartAsync(World world, int events)
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < events; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        return (instance, stream);
    }
}
