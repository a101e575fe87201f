using Headwater.Contracts.Errors;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

/// <summary>Clients that disconnect, and more load than the process accepts.</summary>
public sealed class ImpatienceTests
{
    [Fact]
    public void A_request_whose_client_left_before_it_was_sent_is_dropped() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, Held held) = await StartAsync(world);
        using var client = new CancellationTokenSource();
        Task<AppendOutcome> abandoned = instance.AppendAsync(stream, [new Posted("abandoned")], cancellation: client.Token);

        client.Cancel();
        await held.ReleaseAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        Assert.Equal(["first"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_client_that_leaves_harms_nobody_elses_request() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, Held held) = await StartAsync(world);
        using var client = new CancellationTokenSource();
        Task<long> before = instance.AppendAsync(stream, "before");
        Task<AppendOutcome> abandoned = instance.AppendAsync(stream, [new Posted("abandoned")], cancellation: client.Token);
        Task<long> after = instance.AppendAsync(stream, "after");

        client.Cancel();
        await held.ReleaseAsync();

        Assert.Equal((1, 2), (await before, await after));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        Assert.Equal(["first", "before", "after"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_request_that_was_sent_already_is_stored_though_its_client_left() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        var gate = new TaskCompletionSource();
        using var client = new CancellationTokenSource();
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.HeldUntil(gate.Task));
        Task<AppendOutcome> sent = instance.AppendAsync(stream, [new Posted("sent")], cancellation: client.Token);
        await world.QuietAsync();

        client.Cancel();
        gate.SetResult();
        await sent;

        Assert.Equal(["sent"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_request_whose_client_has_left_already_is_not_begun() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        BlobContents contents = await world.CaptureContentsAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => instance.AppendAsync(stream, Posted.Numbers(1), cancellation: new CancellationToken(true)));

        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void More_than_the_process_holds_is_turned_away_and_nothing_of_it_stored() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, Held held) = await StartAsync(world, inFlightBytes: 1000);

        HeadwaterException refusal = await instance.AppendAsync(stream, new string('x', 950)).IsRefusedAsync(ErrorCode.Overloaded);

        Assert.NotNull(refusal.RetryAfter);
        Assert.Equal(Appended.No, refusal.Code.Appended());
        await held.ReleaseAsync();
        Assert.Equal(["first"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void Room_is_made_when_requests_are_answered() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, Held held) = await StartAsync(world, inFlightBytes: 1000);
        await instance.AppendAsync(stream, new string('x', 950)).IsRefusedAsync(ErrorCode.Overloaded);
        await held.ReleaseAsync();

        Assert.Equal(1, await instance.AppendAsync(stream, new string('x', 950)));
    });

    [Fact]
    public void Room_is_made_when_a_request_fails() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { InFlightBytes = 1000 });
        StreamDescription stream = await instance.CreateAsync();
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.Refused(Ports.StorageFault.Denied));
        await instance.AppendAsync(stream, new string('x', 950)).IsRefusedAsync(ErrorCode.StorageUnavailable);

        Assert.Equal(0, await instance.AppendAsync(stream, new string('x', 950)));
    });

    [Fact]
    public void A_request_larger_than_all_the_process_holds_is_taken_alone() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { InFlightBytes = 1000 });
        StreamDescription stream = await instance.CreateAsync();

        Assert.Equal(0, await instance.AppendAsync(stream, new string('x', 5000)));
    });

    [Fact]
    public void A_request_larger_than_all_the_process_holds_is_turned_away_while_another_is_under_way() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, Held held) = await StartAsync(world, inFlightBytes: 1000);

        await instance.AppendAsync(stream, new string('x', 5000)).IsRefusedAsync(ErrorCode.Overloaded);

        await held.ReleaseAsync();
    });

    private static async Task<(Instance Instance, StreamDescription Stream, Held Held)> StartAsync(World world, long inFlightBytes = 1 << 20)
    {
        Instance instance = world.Start(LogOptions.Default with { InFlightBytes = inFlightBytes });
        StreamDescription stream = await instance.CreateAsync();
        return (instance, stream, await Held.StartAsync(world, instance, stream));
    }
}
