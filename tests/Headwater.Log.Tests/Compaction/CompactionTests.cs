using Headwater.Core.Positions;
using Headwater.Log.Compaction;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Compaction;

public sealed class CompactionTests
{
    [Fact]
    public void The_newest_event_of_each_key_stays_with_its_offset() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1 b=1", "a=2 c=1", "b=2", "d=1");
        CompactionReport report = await world.Start(Entities.Options).CompactAsync(stream);

        Assert.Equal("2 a=2, 3 c=1, 4 b=2, 5 d=1", await world.Start().TellAsync(stream));
        Assert.Equal((3, 1, 5L, 3L, 3L), (report.SegmentsBefore, report.SegmentsAfter, report.EventsBefore, report.EventsAfter, report.Keys));
    });

    [Fact]
    public void A_reader_that_knows_the_old_segments_reads_on() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1 b=1", "a=2 c=1", "b=2", "d=1");
        string before = await writer.TellAsync(stream);
        await world.Start(Entities.Options).CompactAsync(stream);

        Assert.Equal(before, await writer.TellAsync(stream));
        await Task.Delay(TimeSpan.FromMinutes(2), world.Time);
        Assert.Equal("2 a=2, 3 c=1, 4 b=2, 5 d=1", await writer.TellAsync(stream));
    });

    [Fact]
    public void A_reader_whose_segments_are_gone_reads_from_those_that_replaced_them() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1 b=1", "a=2 c=1", "b=2", "d=1");
        Instance reader = world.Start();
        await reader.TellAsync(stream);
        Instance compactor = world.Start(Entities.Options with { Compaction = Entities.Options.Compaction with { Grace = TimeSpan.Zero } });
        await compactor.CompactAsync(stream);
        Assert.Equal(3, (await compactor.CompactAsync(stream)).Deleted);

        Assert.Equal("2 a=2, 3 c=1, 4 b=2, 5 d=1", await reader.TellAsync(stream));
    });

    [Fact]
    public void Replaced_segments_stay_for_the_grace_and_go_then() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1", "a=2", "a=3");
        await world.Start(Entities.Options).CompactAsync(stream);
        await Task.Delay(Entities.Grace - TimeSpan.FromMinutes(1), world.Time);
        Assert.Equal(0, (await world.Start(Entities.Options).CompactAsync(stream)).Deleted);
        await Task.Delay(TimeSpan.FromMinutes(2), world.Time);
        Assert.Equal(2, (await world.Start(Entities.Options).CompactAsync(stream)).Deleted);

        Assert.Equal("1 a=2, 2 a=3", await world.Start().TellAsync(stream));
    });

    [Fact]
    public void Reads_move_over_a_segment_of_which_nothing_is_left() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1", "a=2", "a=3", "b=1");
        await Alone(world).CompactAsync(stream);
        Page page = await world.Start().ReadAsync(stream, from: 0, limit: 1);

        Assert.Equal([2], page.Offsets);
        Assert.Equal(new Offset(3), page.Next);
    });

    [Fact]
    public void A_read_by_time_finds_the_first_event_left() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1");
        await Task.Delay(TimeSpan.FromMinutes(1), world.Time);
        DateTimeOffset between = world.Time.GetUtcNow();
        await writer.FillAsync(stream, "b=1", "b=2", "c=1", "d=1");
        await world.Start(Entities.Options).CompactAsync(stream);
        Page page = await world.Start().ReadAsync(stream, ReadFrom.Since(UnixMicros.From(between)));

        Assert.Equal([2, 3, 4], page.Offsets);
    });

    [Fact]
    public void Neither_the_active_segment_nor_young_events_are_touched() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1", "a=2");
        await Task.Delay(TimeSpan.FromHours(1), world.Time);
        await writer.FillAsync(stream, "a=3", "a=4");
        Instance compactor = world.Start(Entities.Options with { Compaction = Entities.Options.Compaction with { MinLag = TimeSpan.FromMinutes(30) } });
        await compactor.CompactAsync(stream);

        Assert.Equal("1 a=2, 2 a=3, 3 a=4", await world.Start().TellAsync(stream));
    });

    [Fact]
    public void What_was_cleaned_before_is_cleaned_of_keys_seen_since() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1 b=1", "c=1", "d=1");
        await world.Start(Entities.Options).CompactAsync(stream);
        await writer.FillAsync(stream, "b=2", "d=2", "e=1");
        await world.Start(Entities.Options).CompactAsync(stream);

        Assert.Equal("0 a=1, 2 c=1, 4 b=2, 5 d=2, 6 e=1", await world.Start().TellAsync(stream));
    });

    [Fact]
    public void Appends_go_on_and_cold_opens_find_the_end() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1", "a=2", "a=3");
        Instance compactor = world.Start(Entities.Options with { Compaction = Entities.Options.Compaction with { Grace = TimeSpan.Zero } });
        await compactor.CompactAsync(stream);
        await compactor.CompactAsync(stream);
        await world.Store.DeleteAsync($"orders/{stream.StreamId}/00000/checkpoint", null, CancellationToken.None);
        await world.Start(Entities.Options).FillAsync(stream, "b=1");

        Assert.Equal("1 a=2, 2 a=3, 3 b=1", await world.Start().TellAsync(stream));
    });

    [Fact]
    public void Remembered_request_keys_outlive_compaction_and_the_checkpoint() => Play(async (world, writer, stream) =>
    {
        Headwater.Log.Append.AppendOptions keyed = Keys.Of("k", "1");
        await writer.AppendAsync(stream, [new Posted("1", "a")], keyed);
        await writer.FillAsync(stream, "a=2", "a=3", "b=1");
        Instance compactor = world.Start(Entities.Options with { Compaction = Entities.Options.Compaction with { Grace = TimeSpan.Zero } });
        await compactor.CompactAsync(stream);
        await compactor.CompactAsync(stream);
        await world.Store.DeleteAsync($"orders/{stream.StreamId}/00000/checkpoint", null, CancellationToken.None);

        Assert.True((await world.Start(Entities.Options).AppendAsync(stream, [new Posted("1", "a")], keyed)).Partitions.Single().IsReplay);
    });

    [Fact]
    public void An_event_stream_is_rewritten_whole_as_block_blobs() => World.Play(async world =>
    {
        LogOptions soon = Entities.Options with
        {
            Compaction = Entities.Options.Compaction with { RewriteAfter = TimeSpan.FromDays(1), Grace = TimeSpan.Zero },
        };
        Instance writer = world.Start(soon);
        StreamDescription stream = await writer.CreateAsync(settings: Options.Plain);
        await writer.FillAsync(stream, "a=1", "a=2", "a=3");
        await Task.Delay(TimeSpan.FromDays(2), world.Time);
        CompactionReport report = await world.Start(soon).CompactAsync(stream);
        Assert.Equal((2, 1), (report.SegmentsBefore, report.SegmentsAfter));
        await world.Start(soon).CompactAsync(stream);

        Assert.Equal("0 a=1, 1 a=2, 2 a=3", await world.Start().TellAsync(stream));
        Assert.Contains(await world.NamesAsync(), n => n.EndsWith("00000000000000000000-00000000000000000002.g0001.avro", StringComparison.Ordinal));
        Assert.DoesNotContain(await world.NamesAsync(), n => n.EndsWith("/00000000000000000000.avro", StringComparison.Ordinal));
    });

    [Fact]
    public void An_event_stream_keeps_every_event() => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync(settings: Options.Plain);
        await writer.FillAsync(stream, "a=1", "a=2", "a=3");
        BlobContents before = await world.CaptureContentsAsync();
        await world.Start(Entities.Options).CompactAsync(stream);

        await before.AssertNothingChangedAsync(CancellationToken.None);
    });

    [Fact]
    public void Timers_leave_alone_what_is_mostly_clean() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1", "a=2 i=1 j=1 k=1 l=1", "b=2");
        await world.Start(Entities.Options).CompactAsync(stream);
        await writer.FillAsync(stream, "b=3");
        string before = await world.Start().TellAsync(stream);
        await world.Start(Entities.Options).MaintainDueAsync(MaintenanceWork.Compact);

        Assert.Equal(before, await world.Start().TellAsync(stream));
    });

    /// <summary>The small target prevents merging, so that emptied segments remain as segments.</summary>
    private static Instance Alone(World world) => world.Start(Entities.Options with { Compaction = Entities.Options.Compaction with { TargetBytes = 1 } });

    private static void Play(Func<World, Instance, StreamDescription, Task> scenario) => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        await scenario(world, writer, await writer.CreateAsync(settings: Entities.Settings));
    });
}
