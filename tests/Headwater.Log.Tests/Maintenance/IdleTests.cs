using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Xunit;

namespace Headwater.Log.Tests.Maintenance;

/// <summary>A stream of which nothing falls due costs no storage call of its own. One that is used is found.</summary>
public sealed class IdleTests
{
    private static readonly (MaintenanceWork Work, int Minutes)[] Timers =
    [
        (MaintenanceWork.Checkpoint, 5),
        (MaintenanceWork.Seal, 60),
        (MaintenanceWork.Retain, 60),
        (MaintenanceWork.Compact, 60),
        (MaintenanceWork.Sweep, 1_440),
    ];

    [Fact]
    public void Many_empty_streams_cost_no_call_of_their_own_on_a_day_after_a_restart() => World.Play(async world =>
    {
        for (int i = 0; i < 100; i++)
        {
            await world.Start().CreateAsync($"s{i}", Options.Partitioned(2));
        }

        await PassAsync(world, world.Start(), TimeSpan.FromDays(4));
        Instance restarted = world.Start();

        await PassAsync(world, restarted, TimeSpan.FromDays(1));

        // Every run costs a query of the due rows, one of the names, a read of their marker and a write; the folders are listed once a day.
        int runs = Timers.Sum(t => 1_440 / t.Minutes);
        Assert.DoesNotContain(restarted.Storage.Calls, c => c.Name.StartsWith('s') && c.Name.Contains('/', StringComparison.Ordinal) && c.IsBlobCall);
        Assert.InRange(restarted.Storage.Calls.Count, 1, (runs * 4) + 5);
    });

    [Fact]
    public void A_used_stream_is_checkpointed_within_ten_minutes_and_its_mark_goes() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        await PassAsync(world, world.Start(), TimeSpan.FromDays(4));
        await world.Start().AppendAsync(stream, "a");

        await PassAsync(world, world.Start(), TimeSpan.FromMinutes(10));
        Instance later = world.Start();
        await PassAsync(world, world.Start(), TimeSpan.FromMinutes(10));
        await PassAsync(world, later, TimeSpan.FromDays(1));

        Assert.Equal(1, (await Checkpoints.ReadAsync(world, stream))!.Next.Value);
        Assert.DoesNotContain(later.Storage.Calls, c => c.Name.StartsWith("orders/", StringComparison.Ordinal));
    });

    [Fact]
    public void A_stream_that_was_used_once_is_sealed_when_its_segment_is_old() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        await PassAsync(world, world.Start(), TimeSpan.FromDays(4));
        await world.Start().AppendAsync(stream, "a");

        await PassAsync(world, world.Start(), TimeSpan.FromDays(8));

        Assert.Equal(2, (await world.Start().Log.PositionsAsync(stream, default))[0].Segments);
    });

    [Fact]
    public void What_was_appended_once_is_deleted_when_its_retention_is_over() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync(
            settings: Options.Plain with { Retention = new RetentionSettings(TimeSpan.FromDays(1), null) });
        await PassAsync(world, world.Start(), TimeSpan.FromDays(4));
        await world.Start().AppendAsync(stream, "a");
        await PassAsync(world, world.Start(), TimeSpan.FromHours(26));
        await world.Start().AppendAsync(stream, "b"); // The last segment with events stays.

        await PassAsync(world, world.Start(), TimeSpan.FromDays(2));

        Assert.Equal(1, (await world.Start().GetAsync()).LogStarts.Single().Value.Value);
    });

    [Fact]
    public void An_append_marks_its_stream_once_in_five_minutes() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        writer.Storage.Clear();
        for (int i = 0; i < 10; i++)
        {
            await writer.AppendAsync(stream, "a");
            await Task.Delay(TimeSpan.FromMinutes(1), world.Time);
        }

        Assert.Equal(2, writer.Storage.Calls.Count(c => c.Name == "partitions/due"));
    });

    [Fact]
    public void An_append_succeeds_though_its_mark_cannot_be_written() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        writer.Storage.Every(c => !c.IsBlobCall, Testing.CallFate.Refused(Ports.StorageFault.Unavailable));

        Assert.Equal(0, await writer.AppendAsync(stream, "a"));
    });

    [Fact]
    public void An_append_waits_at_most_a_second_for_its_mark() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        writer.Storage.Every(c => !c.IsBlobCall, Testing.CallFate.HeldUntil(new TaskCompletionSource().Task));
        TimeSpan began = world.Time.Elapsed;

        await writer.AppendAsync(stream, "a");

        Assert.Equal(TimeSpan.FromSeconds(1), world.Time.Elapsed - began);
    });

    private static async Task PassAsync(World world, Instance timers, TimeSpan time)
    {
        for (int minute = 0; minute < time.TotalMinutes; minute += 5)
        {
            foreach ((MaintenanceWork work, int every) in Timers)
            {
                if (minute % every == 0)
                {
                    await timers.MaintainDueAsync(work);
                }
            }

            await Task.Delay(TimeSpan.FromMinutes(5), world.Time);
        }
    }
}
