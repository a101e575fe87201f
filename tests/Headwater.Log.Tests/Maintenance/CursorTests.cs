using Headwater.Core.Positions;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Xunit;

namespace Headwater.Log.Tests.Maintenance;

/// <summary>A slice continues where the last one ended, however short the slices are. A budget of zero does the least that a slice does.</summary>
public sealed class CursorTests
{
    private const int Partitions = 20;

    [Fact]
    public void Sealing_reaches_the_last_partition_in_as_many_slices_as_there_are_partitions() => World.Play(async world =>
    {
        StreamDescription stream = await FillAsync(world, Options.Partitioned(Partitions));
        var reached = new HashSet<int>();
        bool isFinished = false;
        for (int i = 0; i < Partitions; i++)
        {
            isFinished = await SliceAsync(world, stream, MaintenanceWork.Seal, reached);
        }

        Assert.True(isFinished);
        Assert.Equal(Enumerable.Range(0, Partitions), reached.Order());
    });

    [Fact]
    public void Retention_progresses_over_slices_until_every_log_start_has_moved() => World.Play(async world =>
    {
        StreamDescription stream = await FillAsync(
            world, Options.Partitioned(Partitions) with { Retention = new RetentionSettings(TimeSpan.FromDays(1), null) });
        await world.Start().Log.Maintenance.RunAsync(stream.Name, new MaintenanceDemand(MaintenanceWork.Seal, Upkeep.Ample) { SealsNow = true }, default);
        await Task.Delay(TimeSpan.FromDays(2), world.Time);
        await FillAsync(world, stream);
        bool isFinished = false;
        for (int i = 0; i < Partitions; i++)
        {
            isFinished = await SliceAsync(world, stream, MaintenanceWork.Retain, []);
        }

        Assert.True(isFinished);
        StreamDescription now = await world.Start().GetAsync();
        Assert.Equal(Partitions, now.LogStarts.Count(s => s.Value == new Offset(1)));
    });

    [Fact]
    public void A_timers_slices_go_round_and_its_work_is_not_due_again_when_all_is_done() => World.Play(async world =>
    {
        await FillAsync(world, Options.Partitioned(Partitions));
        var reached = new HashSet<int>();
        for (int i = 0; i < Partitions; i++)
        {
            Instance timer = world.Start();
            timer.Storage.Every(
                c => c.Name.EndsWith("checkpoint", StringComparison.Ordinal),
                Testing.CallFate.After(() => Task.Delay(TimeSpan.FromSeconds(1), world.Time)));
            MaintenanceReport report = await timer.Log.Maintenance.RunDueAsync(MaintenanceWork.Checkpoint, TimeSpan.FromSeconds(1), default);
            reached.UnionWith(report.Streams.SelectMany(s => s.Partitions).Select(p => p.Partition.Value));
        }

        Assert.Equal(Partitions, reached.Count);
        await Task.Delay(TimeSpan.FromMinutes(10), world.Time);
        Assert.Single((await world.Start().MaintainDueAsync(MaintenanceWork.Checkpoint)).Streams); // The mark of use is old enough now.
        Assert.Empty((await world.Start().MaintainDueAsync(MaintenanceWork.Checkpoint)).Streams);
    });

    [Fact]
    public void What_happens_to_a_stream_in_the_middle_of_a_round_makes_it_due_again_after_the_round() => World.Play(async world =>
    {
        StreamDescription stream = await FillAsync(world, Options.Partitioned(2));
        await world.Start().Log.Maintenance.RunAsync(stream.Name, MaintenanceWork.Seal, TimeSpan.Zero, default);
        await world.Start().Log.Streams.ConfigureAsync(
            stream.Name, new StreamChange { Retention = new Optional<RetentionSettings?>(true, new RetentionSettings(TimeSpan.FromDays(9), null)) }, default);
        await world.Start().Log.Maintenance.RunAsync(stream.Name, MaintenanceWork.Seal, TimeSpan.Zero, default);

        Assert.Single((await world.Start().MaintainDueAsync(MaintenanceWork.Seal)).Streams);
        Assert.Empty((await world.Start().MaintainDueAsync(MaintenanceWork.Seal)).Streams);
    });

    [Fact]
    public void The_cleanup_of_all_folders_reaches_the_last_name_over_slices() => World.Play(async world =>
    {
        for (int i = 0; i < 5; i++)
        {
            await world.Store.WriteAsync($"gone{i}/{new string('0', 32)}/00000/checkpoint", new byte[1], WriteCondition.IfAbsent, default);
        }

        await world.Start().MaintainDueAsync(MaintenanceWork.Checkpoint); // The names of the folders are rebuilt, and forgotten because they have no stream.
        await Task.Delay(TimeSpan.FromDays(2), world.Time);
        for (int i = 0; i < 5; i++)
        {
            await world.Start().Log.Maintenance.RunDueAsync(MaintenanceWork.Sweep, TimeSpan.Zero, default);
        }

        Assert.Empty(await world.NamesAsync());
    });

    private static async Task<bool> SliceAsync(World world, StreamDescription stream, MaintenanceWork work, HashSet<int> reached)
    {
        MaintenanceReport report = await world.Start().Log.Maintenance.RunAsync(stream.Name, work, TimeSpan.Zero, default);
        reached.UnionWith(report.Streams.Single().Partitions.Select(p => p.Partition.Value));
        return report.Finished;
    }

    private static async Task<StreamDescription> FillAsync(World world, StreamSettings settings)
    {
        StreamDescription stream = await world.Start().CreateAsync(settings: settings);
        await FillAsync(world, stream);
        return stream;
    }

    private static async Task FillAsync(World world, StreamDescription stream)
    {
        Instance writer = world.Start();
        for (int i = 0; i < stream.Partitions; i++)
        {
            await writer.AppendAsync(stream, [new Posted("x")], target: i);
        }
    }
}
