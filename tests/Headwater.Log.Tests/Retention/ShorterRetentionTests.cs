using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Retention;

/// <summary>A retention that keeps less takes effect a day after the change, and until then it can be taken back.</summary>
public sealed class ShorterRetentionTests
{
    private static readonly StreamName Orders = StreamName.Parse("orders");

    [Fact]
    public void A_shorter_retention_deletes_nothing_for_a_day() => World.Play(async world =>
    {
        await AgedAsync(world);
        await ConfigureAsync(world, Days(1));
        await WaitAsync(world, 23.9);

        Assert.Equal(Offset.Zero, await RetainedAsync(world));
    });

    [Fact]
    public void A_shorter_retention_deletes_after_a_day() => World.Play(async world =>
    {
        await AgedAsync(world);
        await ConfigureAsync(world, Days(1));
        await WaitAsync(world, 24.1);

        Assert.Equal(new Offset(2), await RetainedAsync(world));
    });

    [Fact]
    public void Timers_apply_a_shorter_retention_when_it_takes_effect() => World.Play(async world =>
    {
        await AgedAsync(world);
        await ConfigureAsync(world, Days(1));
        await world.Start().MaintainDueAsync();
        await WaitAsync(world, 24.1);
        await world.Start().MaintainDueAsync();

        Assert.Equal(new Offset(2), (await world.Start().GetAsync()).LogStart(new PartitionId(0)));
    });

    [Fact]
    public void A_shorter_retention_that_was_taken_back_deletes_nothing() => World.Play(async world =>
    {
        await AgedAsync(world);
        await ConfigureAsync(world, Days(1));
        await WaitAsync(world, 23);
        await ConfigureAsync(world, null);
        await WaitAsync(world, 48);

        Assert.Equal(Offset.Zero, await RetainedAsync(world));
    });

    [Fact]
    public void A_repeat_of_the_change_does_not_delay_it_further() => World.Play(async world =>
    {
        await AgedAsync(world);
        await ConfigureAsync(world, Days(1));
        await WaitAsync(world, 23);
        await ConfigureAsync(world, Days(1));
        await WaitAsync(world, 1.1);

        Assert.Equal(new Offset(2), await RetainedAsync(world));
    });

    [Fact]
    public void A_change_made_while_another_waits_begins_its_own_delay() => World.Play(async world =>
    {
        await AgedAsync(world);
        await ConfigureAsync(world, Days(1));
        await WaitAsync(world, 23);
        await ConfigureAsync(world, Days(2));
        await WaitAsync(world, 23);

        Assert.Equal(Offset.Zero, await RetainedAsync(world));
    });

    [Fact]
    public void Shorter_in_time_and_longer_in_bytes_keeps_by_both_until_it_takes_effect() => World.Play(async world =>
    {
        (Instance writer, StreamDescription stream) = await FilledAsync(world, new RetentionSettings(TimeSpan.FromDays(30), 1));
        await WaitAsync(world, 48);
        await ConfigureAsync(world, new RetentionSettings(TimeSpan.FromDays(1), 1_000_000));
        await WaitAsync(world, 1);

        Assert.Equal(Offset.Zero, await RetainedAsync(world));
        Assert.Equal(1_000_000, (await writer.Log.Streams.ReloadAsync(stream.Name, default)).Settings.Retention!.Bytes);
    });

    [Fact]
    public void A_run_during_which_the_change_was_taken_back_and_made_again_deletes_nothing() => World.Play(async world =>
    {
        await AgedAsync(world);
        await ConfigureAsync(world, Days(1));
        await WaitAsync(world, 24.1);
        Instance instance = world.Start();
        StreamDescription stream = await instance.GetAsync();
        instance.Storage.Next(StorageOperation.List, CallFate.After(async () =>
        {
            await ConfigureAsync(world, null);
            await ConfigureAsync(world, Days(1));
        }));

        await instance.MaintainAsync(stream, MaintenanceWork.Retain).IsRefusedAsync(ErrorCode.StreamChanged);

        Assert.Equal(Offset.Zero, (await world.Start().GetAsync()).LogStart(new PartitionId(0)));
    });

    [Fact]
    public void The_retention_a_stream_is_created_with_is_in_force_at_once() => World.Play(async world =>
    {
        await FilledAsync(world, Days(1));
        await WaitAsync(world, 25);

        Assert.Equal(new Offset(2), await RetainedAsync(world));
    });

    private static RetentionSettings Days(int days) => new(TimeSpan.FromDays(days), null);

    /// <summary>Three segments of a stream without retention, whose events are 10 days old.</summary>
    private static async Task AgedAsync(World world)
    {
        await FilledAsync(world, null);
        await WaitAsync(world, 240);
    }

    private static async Task<(Instance Writer, StreamDescription Stream)> FilledAsync(World world, RetentionSettings? retention)
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync(settings: Options.Plain with { Retention = retention });
        await writer.FillAsync(stream, "a", "b", "c");
        return (writer, stream);
    }

    private static Task WaitAsync(World world, double hours) => Task.Delay(TimeSpan.FromHours(hours), world.Time);

    private static Task<StreamDescription> ConfigureAsync(World world, RetentionSettings? retention) => world.Start().Log.Streams.ConfigureAsync(
        Orders, new StreamChange { Retention = new Optional<RetentionSettings?>(true, retention) }, default);

    private static async Task<Offset> RetainedAsync(World world)
    {
        Instance instance = world.Start();
        return (await instance.MaintainAsync(await instance.GetAsync(), MaintenanceWork.Retain)).LogStart;
    }
}
