using Headwater.Core.Partitioning;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Maintenance;

/// <summary>A stream, a partition or a setting that makes maintenance fail does not stop the maintenance of anything else.</summary>
public sealed class BoundaryTests
{
    private static readonly TimeSpan Ages = TimeSpan.FromDays(9_999_999);

    public static TheoryData<string> Settings => ["minLag", "tombstoneRetention", "retention"];

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_stored_duration_of_ages_keeps_no_stream_from_being_maintained(string setting) => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription ages = await writer.CreateAsync("a", WithAges(setting));
        StreamDescription other = await writer.CreateAsync("b", Entities.Settings);
        await writer.FillAsync(ages, "k=1", "k=2", "k", "k=3");
        await writer.FillAsync(other, "k=1", "k=2", "k=3");

        for (int run = 0; run < 2; run++)
        {
            await Task.Delay(TimeSpan.FromDays(2), world.Time);
            MaintenanceReport report = await world.Start(Entities.Options).MaintainDueAsync();

            Assert.Empty(report.Failures);
            Assert.Equal(["a", "b"], report.Streams.Select(s => s.Stream.Value));
        }

        Assert.DoesNotContain("k=1", await world.Start().TellAsync(other), StringComparison.Ordinal);
    });

    [Fact]
    public void A_stored_duration_of_ages_means_for_ever() => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription lag = await writer.CreateAsync("a", WithAges("minLag"));
        StreamDescription kept = await writer.CreateAsync("b", WithAges("retention") with { Kind = StreamKind.Event });
        await writer.FillAsync(lag, "k=1", "k=2", "k=3");
        await writer.FillAsync(kept, "k=1", "k=2", "k=3");
        await Task.Delay(TimeSpan.FromDays(2), world.Time);
        await world.Start(Entities.Options).MaintainDueAsync();

        Assert.Equal("0 k=1, 1 k=2, 2 k=3", await world.Start().TellAsync(lag));
        Assert.Equal("0 k=1, 1 k=2, 2 k=3", await world.Start().TellAsync(kept));
    });

    [Fact]
    public void A_defect_in_the_work_on_one_stream_does_not_keep_the_others_waiting() => World.Play(async world =>
    {
        Instance creator = world.Start();
        await creator.CreateAsync("a");
        await creator.CreateAsync("b");
        Instance timer = world.Start();
        timer.Storage.Every(c => IsOf(c, "a/"), CallFate.Throws(new ArgumentOutOfRangeException("defect")));
        MaintenanceReport report = await timer.MaintainDueAsync();

        Assert.Equal(["a"], report.Failures.Select(f => f.Stream.Value));
        Assert.Contains("b", report.Streams.Select(s => s.Stream.Value));
    });

    [Theory]
    [InlineData(MaintenanceWork.Seal)]
    [InlineData(MaintenanceWork.Checkpoint)]
    [InlineData(MaintenanceWork.Retain)]
    [InlineData(MaintenanceWork.Compact)]
    [InlineData(MaintenanceWork.Sweep)]
    public void A_partition_in_trouble_does_not_keep_the_others_waiting(MaintenanceWork work) => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync(
            "a", Entities.Settings with { Partitions = 3, Retention = new RetentionSettings(TimeSpan.FromDays(1), null) });
        await FillAsync(writer, stream);
        await Task.Delay(TimeSpan.FromDays(9), world.Time);
        Instance timer = world.Start(Entities.Options);
        timer.Storage.Every(c => IsOf(c, $"a/{stream.StreamId}/00000/"), CallFate.Refused(StorageFault.Unavailable));
        MaintenanceReport report = await timer.MaintainDueAsync(work);

        Assert.Equal(["a"], report.Failures.Select(f => f.Stream.Value));
        PartitionReport last = Assert.Single(Assert.Single(report.Streams).Partitions, p => p.Partition.Value == 2);
        Assert.True(Did(work, last), $"{last}");
    });

    [Fact]
    public void A_stream_that_always_fails_leaves_the_time_to_the_others() => World.Play(async world =>
    {
        Instance creator = world.Start();
        await creator.CreateAsync("a");
        await creator.CreateAsync("b");
        TimeSpan slice = TimeSpan.FromSeconds(30);
        List<string> maintained = [];
        for (int run = 0; run < 2; run++)
        {
            Instance timer = world.Start();
            timer.Storage.Every(c => IsOf(c, "a/"), CallFate.After(async () =>
            {
                await Task.Delay(slice, world.Time);
                throw new StorageException(StorageFault.Unavailable, "timeout");
            }));
            maintained.AddRange((await timer.Log.Maintenance.RunDueAsync(MaintenanceWork.Seal, slice, CancellationToken.None)).Streams.Select(s => s.Stream.Value));
            await Task.Delay(TimeSpan.FromDays(2), world.Time);
        }

        Assert.Contains("b", maintained);
    });

    [Fact]
    public void A_damaged_stream_document_does_not_stop_the_sweep_of_all_folders() => World.Play(async world =>
    {
        await world.Start().CreateAsync("a");
        await world.Store.WriteAsync("a/stream.json", "{}"u8.ToArray(), WriteCondition.Always, CancellationToken.None);
        await world.Store.WriteAsync($"b/{new string('0', 32)}/00000/checkpoint", new byte[1], WriteCondition.IfAbsent, CancellationToken.None);
        await Task.Delay(TimeSpan.FromDays(2), world.Time);
        MaintenanceReport report = await world.Start().MaintainDueAsync(MaintenanceWork.Sweep);

        Assert.Equal(["a"], report.Failures.Select(f => f.Stream.Value));
        Assert.DoesNotContain(await world.NamesAsync(), n => n.StartsWith("b/", StringComparison.Ordinal));
    });

    private static StreamSettings WithAges(string setting) => setting switch
    {
        "minLag" => Entities.Settings with { Compaction = new CompactionSettings(Ages, null) },
        "tombstoneRetention" => Entities.Settings with { Compaction = new CompactionSettings(null, Ages) },
        _ => Entities.Settings with { Retention = new RetentionSettings(Ages, null) },
    };

    private static async Task FillAsync(Instance writer, StreamDescription stream)
    {
        for (int partition = 0; partition < stream.Partitions; partition++)
        {
            string key = Enumerable.Range(0, 100).Select(i => $"{i}").First(k => KeyPartitioner.For(k, stream.Partitions).Value == partition);
            foreach (string value in (string[])["1", "2", "3"])
            {
                await writer.AppendAsync(stream, [new Posted(value, key)], target: partition);
            }
        }
    }

    private static bool Did(MaintenanceWork work, PartitionReport report) => work switch
    {
        MaintenanceWork.Seal => report.Sealed,
        MaintenanceWork.Retain => report.SegmentsDropped > 0,
        MaintenanceWork.Compact => report.Compaction is { Ended: true },
        _ => report.LogEnd.Value == 3,
    };

    private static bool IsOf(StorageCall call, string prefix) => call.IsBlobCall && call.Name.StartsWith(prefix, StringComparison.Ordinal);
}
