using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Retention;

public sealed class RetentionTests
{
    private static readonly StreamSettings OneDay = Options.Plain with { Retention = new RetentionSettings(TimeSpan.FromDays(1), null) };

    [Fact]
    public void Segments_whose_events_are_all_too_old_go_and_the_log_starts_behind_them() => World.Play(async world =>
    {
        (Instance writer, StreamDescription stream) = await FillAsync(world, OneDay, "a", "b");
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await writer.FillAsync(stream, "c", "d");
        PartitionReport report = await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);

        Assert.Equal((new Offset(2), 2), (report.LogStart, report.SegmentsDropped));
        Assert.Equal("2 c, 3 d", await world.Start().TellAsync(await world.Start().GetAsync()));
        Assert.DoesNotContain(
            await world.NamesAsync(),
            n => n.Contains("/00000000000000000000.", StringComparison.Ordinal) || n.Contains("/00000000000000000001.", StringComparison.Ordinal));
    });

    [Fact]
    public void A_segment_with_one_young_event_stays() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync(settings: OneDay);
        await writer.AppendAsync(stream, "a");
        await Task.Delay(TimeSpan.FromHours(23), world.Time);
        await writer.AppendAsync(stream, "b");
        await Task.Delay(TimeSpan.FromHours(2), world.Time);
        await world.Start().MaintainAsync(stream, MaintenanceWork.Seal);
        await writer.AppendAsync(stream, "c");
        PartitionReport report = await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);

        Assert.Equal(Offset.Zero, report.LogStart);
    });

    [Fact]
    public void By_size_the_oldest_go_while_enough_is_left() => World.Play(async world =>
    {
        (Instance writer, StreamDescription stream) = await FillAsync(world, Options.Plain, "a", "b", "c", "d", "e");
        long all = (await writer.Log.PositionsAsync(stream, CancellationToken.None))[0].Bytes;
        await writer.Log.Streams.ConfigureAsync(
            stream.Name, new StreamChange { Retention = new Optional<RetentionSettings?>(true, new RetentionSettings(null, all / 2)) }, CancellationToken.None);
        await Task.Delay(LogOptions.Default.ShorterRetentionDelay, world.Time);
        await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);
        PartitionPositions left = (await world.Start().Log.PositionsAsync(await world.Start().GetAsync(), CancellationToken.None))[0];

        Assert.InRange(left.Bytes, all / 2, (all / 2) + (all / 5));
        Assert.Equal(new Offset(5 - left.Segments), left.LogStart);
    });

    [Fact]
    public void The_last_segment_with_events_stays_however_old() => World.Play(async world =>
    {
        (Instance writer, StreamDescription stream) = await FillAsync(world, OneDay, "a", "b");
        await Task.Delay(TimeSpan.FromDays(9), world.Time);
        PartitionReport report = await world.Start().MaintainAsync(stream, MaintenanceWork.Seal | MaintenanceWork.Retain);
        await Task.Delay(TimeSpan.FromDays(9), world.Time);
        PartitionReport later = await world.Start().MaintainAsync(stream, MaintenanceWork.Seal | MaintenanceWork.Retain);

        Assert.Equal((new Offset(1), new Offset(1)), (report.LogStart, later.LogStart));
        Assert.Equal(2, (await writer.AppendAsync(await world.Start().GetAsync(), [new Posted("x", "c")])).Partitions.Single().Base!.Value.Value);
    });

    [Fact]
    public void Reads_below_the_start_are_told_where_the_log_starts() => World.Play(async world =>
    {
        (Instance writer, StreamDescription stream) = await FillAsync(world, OneDay, "a", "b");
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await writer.FillAsync(stream, "c");
        await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);
        Instance reader = world.Start();
        StreamDescription now = await reader.GetAsync();

        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(() => reader.ReadAsync(now, from: 0));
        Assert.Equal((ErrorCode.OffsetBelowStart, new LogStartFacts(2)), (refused.Code, refused.Facts as LogStartFacts));
    });

    [Fact]
    public void The_start_moves_before_any_segment_goes() => World.Play(async world =>
    {
        (Instance writer, StreamDescription stream) = await FillAsync(world, OneDay, "a", "b");
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await writer.FillAsync(stream, "c");
        Instance sweeper = world.Start();
        await sweeper.MaintainAsync(stream, MaintenanceWork.Retain);
        List<StorageOperation> calls = [.. sweeper.Storage.Calls.Select(c => c.Operation)];

        Assert.InRange(calls.IndexOf(StorageOperation.Write), 0, calls.IndexOf(StorageOperation.Delete) - 1);
    });

    [Fact]
    public void Killed_at_any_call_it_is_finished_by_the_next()
    {
        for (int call = 1; call <= 20; call++)
        {
            int died = call;
            World.Play(async world =>
            {
                (Instance writer, StreamDescription stream) = await FillAsync(world, OneDay, "a", "b");
                await Task.Delay(TimeSpan.FromHours(25), world.Time);
                await writer.FillAsync(stream, "c");
                Instance victim = world.Start();
                victim.Storage.When(c => c.Number == died, CallFate.CrashAfter);
                await victim.SurvivesAsync(victim.MaintainAsync(stream, MaintenanceWork.Retain));
                await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);

                Assert.Equal("2 c", await world.Start().TellAsync(await world.Start().GetAsync()));
                Assert.DoesNotContain(await world.NamesAsync(), n => n.Contains("/00000000000000000000.", StringComparison.Ordinal));
            });
        }
    }

    [Fact]
    public void What_a_setting_changed_meanwhile_keeps_stays() => World.Play(async world =>
    {
        (Instance writer, StreamDescription stream) = await FillAsync(world, OneDay, "a", "b");
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await writer.FillAsync(stream, "c", "d");
        Instance timer = world.Start();
        var gate = new TaskCompletionSource();
        timer.Storage.When(c => c.Operation == StorageOperation.List, CallFate.HeldUntil(gate.Task));
        Task retaining = timer.MaintainAsync(stream, MaintenanceWork.Retain);
        await world.QuietAsync();
        await writer.Log.Streams.ConfigureAsync(
            stream.Name, new StreamChange { Retention = new Optional<RetentionSettings?>(true, null) }, CancellationToken.None);
        gate.SetResult();

        Assert.Equal(ErrorCode.StreamChanged, (await Assert.ThrowsAsync<HeadwaterException>(() => retaining)).Code);
        Assert.Equal("0 a, 1 b, 2 c, 3 d", await world.Start().TellAsync(await world.Start().GetAsync()));
    });

    [Fact]
    public void Without_retention_everything_stays() => World.Play(async world =>
    {
        (Instance _, StreamDescription stream) = await FillAsync(world, Options.Plain, "a", "b", "c");
        await Task.Delay(TimeSpan.FromDays(40), world.Time);
        PartitionReport report = await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);

        Assert.Equal((Offset.Zero, 0), (report.LogStart, report.SegmentsDropped));
    });

    [Fact]
    public void Compacted_segments_go_as_well() => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync(settings: Entities.Settings with { Retention = OneDay.Retention });
        await writer.FillAsync(stream, "a=1", "a=2", "b=1");
        await world.Start(Entities.Options).CompactAsync(stream);
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await writer.FillAsync(stream, "c=1", "d=1");
        await world.Start(Entities.Options).MaintainAsync(stream, MaintenanceWork.Retain);

        Assert.Equal("3 c=1, 4 d=1", await world.Start().TellAsync(await world.Start().GetAsync()));
        Assert.DoesNotContain(await world.NamesAsync(), n => n.Contains(".g0001.", StringComparison.Ordinal));
    });

    [Fact]
    public void Who_lists_segments_that_retention_then_takes_is_told_to_try_again() => World.Play(async world =>
    {
        (Instance writer, StreamDescription stream) = await FillAsync(world, OneDay, "a");
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await writer.FillAsync(stream, "b");
        await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);
        await world.Store.DeleteAsync((await world.NamesAsync()).Single(n => n.EndsWith("checkpoint", StringComparison.Ordinal)), null, default);
        Instance slow = world.Start();
        var gate = new TaskCompletionSource();
        slow.Storage.When(
            c => c is { Operation: StorageOperation.Read } && c.Name.EndsWith(".avro", StringComparison.Ordinal), CallFate.HeldUntil(gate.Task), times: 10);
        Task first = slow.AppendAsync(await world.Start().GetAsync(), "x");
        await world.QuietAsync();
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await writer.FillAsync(stream, "c", "d");
        await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);
        Task second = slow.AppendAsync(await world.Start().GetAsync(), "y");
        await world.QuietAsync();
        gate.SetResult();

        await first.IsRefusedAsync(ErrorCode.StreamChanged);
        await second.IsRefusedAsync(ErrorCode.StreamChanged);
        Assert.Equal("2 c, 3 d", await world.Start().TellAsync(await world.Start().GetAsync()));
    });

    [Fact]
    public void A_stray_sealed_after_it_was_listed_hides_no_deleted_segment_from_a_search_by_time() => World.Play(async world =>
    {
        (Instance writer, StreamDescription stream) = await FillAsync(world, OneDay, "a", "b");
        string first = (await world.NamesAsync("")).Single(n => n.EndsWith("/00000000000000000000.avro", StringComparison.Ordinal));
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await writer.FillAsync(stream, "c");
        await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);
        await world.Store.CreateAppendBlobAsync(first, CancellationToken.None);
        Instance reader = world.Start();
        var gate = new TaskCompletionSource();
        reader.Storage.Next(StorageOperation.List, CallFate.AnsweredAfter(gate.Task));

        // The description is older than the deletion, so the reader does not know the log start.
        Task<Page> reading = reader.ReadAsync(stream, ReadFrom.Since(new UnixMicros(0)));
        await world.QuietAsync();
        await world.Store.SealAsync(first, CancellationToken.None);
        gate.SetResult();

        Assert.Equal([2], (await reading).Offsets);
        Assert.Equal(new Offset(2), (await reading).LogStart);
    });

    private static async Task<(Instance Writer, StreamDescription Stream)> FillAsync(World world, StreamSettings settings, params string[] segments)
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync(settings: settings);
        await writer.FillAsync(stream, segments);
        return (writer, stream);
    }
}
