using Headwater.Log.Compaction;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Compaction;

/// <summary>What compaction reports about uncleaned events and about its last run.</summary>
public sealed class DirtTests
{
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(7);

    /// <summary>No dirty ratio reaches 2, so no optional run starts.</summary>
    private static readonly LogOptions Patient = Entities.Options with { Compaction = Entities.Options.Compaction with { DirtyRatio = 2 } };

    [Fact]
    public void Before_the_first_run_the_first_event_is_the_oldest_dirty_one() => Play(async (world, writer, stream) =>
    {
        await FillApartAsync(world, writer, stream, "a=1", "b=1", "c=1");
        CompactionReport report = await LookAsync(world);

        Assert.Equal((1.0, await AppendedAsync(world, stream, 0)), (report.DirtyRatio, Time(report.OldestDirty)));
        Assert.Null(report.LastRun);
    });

    [Fact]
    public void After_a_run_the_oldest_dirty_event_is_the_first_one_since() => Play(async (world, writer, stream) =>
    {
        await FillApartAsync(world, writer, stream, "a=1", "b=1", "c=1");
        await world.Start(Entities.Options).CompactAsync(stream);
        await FillApartAsync(world, writer, stream, "d=1", "e=1");

        Assert.Equal(await AppendedAsync(world, stream, 2), Time((await LookAsync(world)).OldestDirty));
    });

    [Fact]
    public void Without_an_index_the_oldest_dirty_event_is_found_in_its_segment() => Play(async (world, writer, stream) =>
    {
        await FillApartAsync(world, writer, stream, "a=1", "b=1", "c=1");
        foreach (string index in (await world.NamesAsync()).Where(n => n.EndsWith(".index", StringComparison.Ordinal)))
        {
            await world.Store.DeleteAsync(index, null, CancellationToken.None);
        }

        Assert.Equal(await AppendedAsync(world, stream, 0), Time((await LookAsync(world)).OldestDirty));
    });

    [Fact]
    public void Where_all_is_clean_nothing_is_the_oldest() => Play(async (world, writer, stream) =>
    {
        await FillApartAsync(world, writer, stream, "a=1", "b=1", "c=1");
        await world.Start(Entities.Options).CompactAsync(stream);
        CompactionReport report = await LookAsync(world);

        Assert.Equal((0.0, null), (report.DirtyRatio, report.OldestDirty));
    });

    [Fact]
    public void A_run_is_the_last_one_from_its_end_on() => Play(async (world, writer, stream) =>
    {
        await FillApartAsync(world, writer, stream, "a=1", "b=1", "c=1");
        DateTimeOffset ran = world.Time.GetUtcNow();
        CompactionReport run = await world.Start(Entities.Options).CompactAsync(stream);
        await Task.Delay(Apart, world.Time);
        CompactionReport later = await LookAsync(world);

        Assert.Equal((true, ran, false, ran), (run.Ended, Time(run.LastRun), later.Ended, Time(later.LastRun)));
    });

    [Fact]
    public void A_call_that_goes_on_with_a_run_tells_what_the_run_has_to_clean() => Play(async (world, writer, stream) =>
    {
        await FillApartAsync(world, writer, stream, "a=1", "b=1", "c=1");
        MaintenanceReport begun = await world.Start(Entities.Options).Log.Maintenance.RunAsync(
            stream.Name, MaintenanceWork.Compact, TimeSpan.Zero, CancellationToken.None);
        Assert.False(begun.Finished);
        CompactionReport report = await world.Start(Entities.Options).CompactAsync(stream);

        Assert.Equal((1.0, await AppendedAsync(world, stream, 0)), (report.DirtyRatio, Time(report.OldestDirty)));
    });

    [Fact]
    public void The_oldest_dirty_event_costs_one_read_a_call() => Play(async (world, writer, stream) =>
    {
        await FillApartAsync(world, writer, stream, "a=1", "b=1", "c=1");
        Instance dirty = world.Start(Patient);
        await dirty.MaintainDueAsync(MaintenanceWork.Compact);
        await world.Start(Entities.Options).CompactAsync(stream);
        Instance clean = world.Start(Patient);
        await Task.Delay(TimeSpan.FromDays(1), world.Time);
        await clean.MaintainDueAsync(MaintenanceWork.Compact);


        // One read of each determines whether the newest segment is old enough.
        Assert.Equal((2, 1), (IndexReads(dirty), IndexReads(clean)));
    });

    private static int IndexReads(Instance instance) =>
        instance.Storage.Of(StorageOperation.Read).Count(c => c.Name.EndsWith(".index", StringComparison.Ordinal));

    private static async Task FillApartAsync(World world, Instance writer, StreamDescription stream, params string[] segments)
    {
        foreach (string segment in segments)
        {
            await writer.FillAsync(stream, segment);
            await Task.Delay(Apart, world.Time);
        }

        await writer.Log.DrainAsync(CancellationToken.None); // Writes the marks of the rolls, so that the stream is due.
    }

    private static async Task<CompactionReport> LookAsync(World world)
    {
        await Task.Delay(TimeSpan.FromDays(1), world.Time);
        return (await world.Start(Patient).MaintainDueAsync(MaintenanceWork.Compact)).Streams.Single().Partitions[0].Compaction!;
    }

    private static async Task<DateTimeOffset> AppendedAsync(World world, StreamDescription stream, long offset) =>
        (await world.Start().ReadAllAsync(stream)).Single(e => e.Offset == offset).Appended;

    private static DateTimeOffset? Time(Headwater.Core.Positions.UnixMicros? time) => time?.ToDateTimeOffset();

    private static void Play(Func<World, Instance, StreamDescription, Task> scenario) => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        await scenario(world, writer, await writer.CreateAsync(settings: Entities.Settings));
    });
}
