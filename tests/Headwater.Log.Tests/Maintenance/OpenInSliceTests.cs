using Headwater.Core.Positions;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Maintenance;

/// <summary>A slice of maintenance holds a bounded number of partitions, whatever their number in the stream.</summary>
public sealed class OpenInSliceTests
{
    private const int Partitions = 150;

    [Fact]
    public void A_slice_keeps_the_last_64_partitions_and_the_ends_of_all() => World.Play(async world =>
    {
        StreamDescription stream = await UsedAsync(world);
        var ports = new LogPorts(world.Store, world.Tables, world.Time, new SeededRandomness(1));
        PartitionSteps steps = PartitionSteps.Over(ports, LogOptions.Default);
        var partitions = new MaintainedPartitions(id => new OpenPartition(PartitionPlace.Of(stream, id), steps, ports, LogOptions.Default));

        for (int p = 0; p < Partitions; p++)
        {
            await partitions.Open(new PartitionId(p)).TailAsync(default);
        }

        Assert.Equal(MaintainedPartitions.Most, partitions.Count);
        Assert.All(Enumerable.Range(0, Partitions), p => Assert.Equal(new Offset(1), partitions.EndOf(new PartitionId(p))));
    });

    [Fact]
    public void Retention_opens_each_partition_once() => World.Play(async world =>
    {
        StreamDescription stream = await UsedAsync(world);
        Instance timers = world.Start();

        MaintenanceReport report = await timers.Log.Maintenance.RunAsync(stream.Name, MaintenanceWork.Retain, TimeSpan.FromHours(1), default);

        Assert.All(report.Streams.Single().Partitions, p => Assert.Equal(new Offset(1), p.LogEnd));
        Assert.Equal(Partitions, report.Streams.Single().Partitions.Count);
        Assert.Equal(Partitions, timers.Storage.Calls.Count(c => c.Operation == StorageOperation.Read && c.ShortName == "checkpoint"));
    });

    private static async Task<StreamDescription> UsedAsync(World world)
    {
        Instance instance = world.Start();
        StreamSettings settings = Options.Partitioned(Partitions) with { Retention = new RetentionSettings(TimeSpan.FromDays(1), null) };
        StreamDescription stream = await instance.CreateAsync(settings: settings);
        for (int p = 0; p < Partitions; p++)
        {
            await instance.AppendAsync(stream, [new Posted("a")], target: p);
        }

        return stream;
    }
}
