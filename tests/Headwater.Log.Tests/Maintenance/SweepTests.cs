using Headwater.Core.Positions;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Maintenance;

public sealed class SweepTests
{
    private static readonly TimeSpan LongAgo = TimeSpan.FromDays(2);

    [Fact]
    public void An_empty_segment_that_lost_a_race_goes_once_it_is_old() => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "a", "b");
        await writer.AppendAsync(stream, "c");
        string stray = BlobNames.Segment(BlobNames.PartitionFolder(stream.Name, stream.StreamId, new PartitionId(0)), new Offset(1));
        await world.Store.CreateAppendBlobAsync(stray, CancellationToken.None);
        Assert.Equal(0, (await world.Start().MaintainAsync(stream, MaintenanceWork.Sweep)).Swept);
        await Task.Delay(LongAgo, world.Time);
        Assert.Equal(1, (await world.Start().MaintainAsync(stream, MaintenanceWork.Sweep)).Swept);

        Assert.DoesNotContain(stray, await world.NamesAsync());
        Assert.Equal(["a", "b", "c"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void The_last_segment_stays_though_it_is_empty_and_old() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        await Task.Delay(LongAgo, world.Time);

        Assert.Equal(0, (await world.Start().MaintainAsync(stream, MaintenanceWork.Sweep)).Swept);
        Assert.Equal(0, await world.Start().AppendAsync(stream, "a"));
    });

    [Fact]
    public void What_a_deleted_stream_left_goes_and_the_stream_of_that_name_keeps_its_own() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        await world.Store.WriteAsync(
            $"orders/{new string('0', 32)}/00000/00000000000000000000.avro", new byte[1], WriteCondition.IfAbsent, CancellationToken.None);
        await Task.Delay(LongAgo, world.Time);
        await world.Start().MaintainAsync(stream, MaintenanceWork.Sweep);

        Assert.DoesNotContain(await world.NamesAsync(), n => n.Contains(new string('0', 32), StringComparison.Ordinal));
        Assert.Equal(0, await world.Start().AppendAsync(stream, "a"));
    });

    [Fact]
    public void Folders_without_a_stream_are_found_once_a_day() => World.Play(async world =>
    {
        await world.Start().CreateAsync("other");
        await world.Store.WriteAsync($"orders/{new string('0', 32)}/00000/checkpoint", new byte[1], WriteCondition.IfAbsent, CancellationToken.None);
        await world.Start().MaintainDueAsync();
        Assert.Contains(await world.NamesAsync(), n => n.StartsWith("orders/", StringComparison.Ordinal));
        await Task.Delay(LongAgo, world.Time);
        await world.Start().MaintainDueAsync();

        Assert.DoesNotContain(await world.NamesAsync(), n => n.StartsWith("orders/", StringComparison.Ordinal));
    });

    [Fact]
    public void A_deletion_that_broke_off_is_finished() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        Instance deleter = world.Start();
        deleter.Storage.When(c => c.Operation == StorageOperation.Delete, CallFate.CrashBefore);
        await deleter.SurvivesAsync(deleter.Log.Streams.DeleteAsync(stream.Name, CancellationToken.None));
        await Task.Delay(LongAgo, world.Time);
        await world.Start().MaintainDueAsync();

        Assert.DoesNotContain(await world.NamesAsync(), n => n.Contains(stream.StreamId, StringComparison.Ordinal));
    });

    [Fact]
    public void A_creation_under_way_keeps_its_blobs() => World.Play(async world =>
    {
        await world.Store.WriteAsync(
            $"orders/{new string('0', 32)}/00000/00000000000000000000.avro", new byte[1], WriteCondition.IfAbsent, CancellationToken.None);
        StreamDescription stream = await world.Start().CreateAsync();
        await world.Start().MaintainAsync(stream, MaintenanceWork.Sweep);

        Assert.Contains(await world.NamesAsync(), n => n.Contains(new string('0', 32), StringComparison.Ordinal));
    });

    [Fact]
    public void Maintenance_that_has_not_run_for_long_is_overdue() => World.Play(async world =>
    {
        Instance instance = world.Start();
        await instance.CreateAsync();
        Assert.False((await instance.Log.Maintenance.HealthAsync(CancellationToken.None)).IsOverdue);
        await Task.Delay(TimeSpan.FromHours(3), world.Time);
        Assert.True((await instance.Log.Maintenance.HealthAsync(CancellationToken.None)).IsOverdue);
        await world.Start().MaintainDueAsync();
        await Task.Delay(TimeSpan.FromMinutes(2), world.Time);

        Assert.False((await instance.Log.Maintenance.HealthAsync(CancellationToken.None)).IsOverdue);
    });

    [Fact]
    public void One_kind_of_work_that_no_timer_does_any_more_is_overdue_though_others_are_done() => World.Play(async world =>
    {
        Instance instance = world.Start();
        await instance.CreateAsync();
        await world.Start().MaintainDueAsync();
        for (int hour = 0; hour < 3; hour++)
        {
            await Task.Delay(TimeSpan.FromHours(1), world.Time);
            await world.Start().MaintainDueAsync(MaintenanceWork.All & ~MaintenanceWork.Compact);
        }

        MaintenanceHealth health = await instance.Log.Maintenance.HealthAsync(CancellationToken.None);

        Assert.Equal((true, MaintenanceWork.Compact), (health.IsOverdue, health.Overdue));
    });

    [Fact]
    public void Daily_work_is_not_overdue_within_its_day() => World.Play(async world =>
    {
        Instance instance = world.Start();
        await instance.CreateAsync();
        await world.Start().MaintainDueAsync();
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await world.Start().MaintainDueAsync(MaintenanceWork.All & ~MaintenanceWork.Sweep);

        Assert.False((await instance.Log.Maintenance.HealthAsync(CancellationToken.None)).IsOverdue);
        await Task.Delay(TimeSpan.FromMinutes(90), world.Time);
        await world.Start().MaintainDueAsync(MaintenanceWork.All & ~MaintenanceWork.Sweep);

        Assert.Equal(MaintenanceWork.Sweep, (await instance.Log.Maintenance.HealthAsync(CancellationToken.None)).Overdue);
    });

    [Fact]
    public void Work_that_no_timer_has_ever_done_is_overdue_some_time_after_the_first_run_of_any() => World.Play(async world =>
    {
        await world.Start().MaintainDueAsync(MaintenanceWork.Seal);
        await Task.Delay(TimeSpan.FromHours(3), world.Time);
        await world.Start().MaintainDueAsync(MaintenanceWork.Seal);

        Assert.Equal(
            MaintenanceWork.Checkpoint | MaintenanceWork.Retain | MaintenanceWork.Compact,
            (await world.Start().Log.Maintenance.HealthAsync(CancellationToken.None)).Overdue);
    });

    [Fact]
    public void A_roll_makes_a_stream_due_for_every_timer() => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync();
        await world.Start().MaintainDueAsync();
        await writer.FillAsync(stream, "a", "b", "c");
        await writer.Log.DrainAsync(CancellationToken.None);

        Assert.Single((await world.Start().MaintainDueAsync(MaintenanceWork.Seal)).Streams);
        Assert.Single((await world.Start().MaintainDueAsync(MaintenanceWork.Compact)).Streams);
    });
}
