using Headwater.Core.Positions;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Maintenance;

/// <summary>Timers find due work in table rows, and find none if no work is due.</summary>
public sealed class DueTests
{
    [Fact]
    public void A_stream_nobody_maintained_yet_is_due() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();

        Assert.Equal([stream.Name], (await world.Start().MaintainDueAsync()).Streams.Select(s => s.Stream));
    });

    [Fact]
    public void A_stream_just_maintained_is_not_due_and_no_blob_is_asked_for() => World.Play(async world =>
    {
        await world.Start().CreateAsync();
        await world.Start().MaintainDueAsync();
        Instance timer = world.Start();
        MaintenanceReport report = await timer.MaintainDueAsync();

        Assert.Empty(report.Streams);
        Assert.DoesNotContain(timer.Storage.Calls, c => c.IsBlobCall);
    });

    [Fact]
    public void A_roll_makes_a_stream_due() => World.Play(async world =>
    {
        Instance writer = world.Start(Options.RollsOften);
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "a");
        await world.Start().MaintainDueAsync();
        for (int i = 0; i < 5; i++)
        {
            await writer.AppendAsync(stream, "b");
        }

        await writer.Log.DrainAsync(CancellationToken.None);

        Assert.Single((await world.Start().MaintainDueAsync(MaintenanceWork.Retain)).Streams);
        Assert.Empty((await world.Start().MaintainDueAsync(MaintenanceWork.Retain)).Streams);
    });

    [Fact]
    public void A_run_that_planned_by_old_rows_leaves_what_another_run_planned_meanwhile() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        await world.Start().MaintainDueAsync();
        UnixMicros now = UnixMicros.From(world.Time.GetUtcNow());
        DueRows rows = new(world.Tables);
        DueTimes old = await rows.ReadAsync(now, CancellationToken.None);
        await rows.PlanAsync(stream, Plan(MaintenanceWork.Retain, now), now, old, CancellationToken.None);

        await rows.PlanAsync(stream, Plan(MaintenanceWork.Checkpoint, now.Plus(TimeSpan.FromDays(9))), now, old, CancellationToken.None);

        DueTimes after = await rows.ReadAsync(now, CancellationToken.None);
        Assert.Equal(MaintenanceWork.Retain, after.Of(stream.Name.Value, MaintenanceWork.Retain, now));

        static WorkPlan Plan(MaintenanceWork work, UnixMicros at) =>
            new(work, new Dictionary<MaintenanceWork, UnixMicros> { [work] = at }, new WorkCursors(), IsDemanded: false);
    });

    [Fact]
    public void An_old_segment_is_ended_when_its_time_has_come() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "a");
        for (int hour = 0; hour < 24 * 8; hour++)
        {
            await world.Start().MaintainDueAsync();
            await Task.Delay(TimeSpan.FromHours(1), world.Time);
        }

        Assert.Equal(2, (await writer.Log.PositionsAsync(stream, CancellationToken.None))[0].Segments);
    });

    [Fact]
    public void Lost_rows_make_a_stream_due_again() => World.Play(async world =>
    {
        await world.Start().CreateAsync();
        await world.Start().MaintainDueAsync();
        foreach (TableRow row in await world.Tables.QueryAsync(StorageNames.PartitionsTable, "due", null, 1000, CancellationToken.None))
        {
            await world.Tables.ApplyAsync(
                StorageNames.PartitionsTable, "due", [new RowChange(RowChangeKind.Delete, row.Id.Row, row.Values, "*")], CancellationToken.None);
        }

        Assert.Single((await world.Start().MaintainDueAsync()).Streams);
    });

    [Fact]
    public void Rows_of_a_deleted_stream_go() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.MaintainDueAsync();
        await instance.Log.Streams.DeleteAsync(stream.Name, CancellationToken.None);
        await world.Start().MaintainDueAsync();

        IReadOnlyList<TableRow> left = await world.Tables.QueryAsync(StorageNames.PartitionsTable, "due", null, 1000, CancellationToken.None);
        Assert.DoesNotContain(left, r => r.Id.Row.StartsWith("orders", StringComparison.Ordinal));
    });

    [Fact]
    public void A_stream_created_anew_under_its_name_is_due_no_more_often_than_others() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.MaintainDueAsync();
        await instance.Log.Streams.DeleteAsync(stream.Name, CancellationToken.None);
        await instance.CreateAsync();
        await world.Start().MaintainDueAsync();

        Assert.Empty((await world.Start().MaintainDueAsync()).Streams);
    });

    [Fact]
    public void Positions_are_published_as_of_the_checkpoint() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "a", "b");
        PartitionReport report = await world.Start().MaintainAsync(stream, MaintenanceWork.Checkpoint);
        TableRow? row = await world.Tables.GetAsync(StorageNames.PartitionsTable, new RowId(stream.StreamId, "00000"), CancellationToken.None);

        Assert.True(report.Checkpointed);
        Assert.Equal(2, row?.Number("logEnd"));
    });

    [Fact]
    public void A_stream_in_trouble_does_not_keep_the_others_waiting() => World.Play(async world =>
    {
        Instance creator = world.Start();
        await creator.CreateAsync("a");
        await creator.CreateAsync("b");
        Instance timer = world.Start();
        timer.Storage.Every(c => c.Name.StartsWith("a/", StringComparison.Ordinal), CallFate.Refused(StorageFault.Unavailable));
        MaintenanceReport report = await timer.MaintainDueAsync();

        Assert.Equal(["a"], report.Failures.Select(f => f.Stream.Value));
        Assert.Equal(["b"], report.Streams.Select(s => s.Stream.Value));
    });

    [Fact]
    public void An_append_pays_nothing_for_maintenance() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "a");
        writer.Storage.Clear();
        await writer.AppendAsync(stream, "b");

        Assert.Equal([StorageOperation.AppendBlock], writer.Storage.Calls.Select(c => c.Operation));
    });
}
