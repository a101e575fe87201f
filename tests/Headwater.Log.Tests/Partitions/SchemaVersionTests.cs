using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Partitions;

/// <summary>One process handles requests that use different versions of a stream's schema.</summary>
public sealed class SchemaVersionTests
{
    [Fact]
    public void Two_schema_versions_share_one_partition() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        var logs = new PartitionLogs(new LogPorts(world.Store, world.Tables, world.Time, new SeededRandomness(1)), Options.Default);

        using HeldPartition<PartitionLog> older = logs.Hold(stream, new PartitionId(0));
        using HeldPartition<PartitionLog> newer = logs.Hold(Evolved(stream), new PartitionId(0));

        Assert.Same(older.Value, newer.Value);
    });

    [Fact]
    public void A_newer_schema_version_begins_a_segment() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();

        await instance.AppendAsync(stream, "a");
        await instance.AppendAsync(Evolved(stream), "b");

        IReadOnlyList<SegmentListing> segments = await instance.Log.SegmentsAsync(stream, null, null, CancellationToken.None);
        Assert.Equal([1, 2], segments.Select(s => s.SchemaVersion));
    });

    [Fact]
    public void Two_schema_versions_that_wait_together_are_both_stored() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "a");

        await Task.WhenAll(instance.AppendAsync(stream, "b"), instance.AppendAsync(stream, "c"), instance.AppendAsync(Evolved(stream), "d"));

        Assert.Equal(["a", "b", "c", "d"], await instance.ValuesAsync(stream));
    });

    [Fact]
    public void A_request_of_an_older_schema_version_is_refused() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "a");
        await instance.AppendAsync(Evolved(stream), "b");

        var refused = await Assert.ThrowsAsync<HeadwaterException>(() => instance.AppendAsync(stream, "c"));

        Assert.Equal(ErrorCode.StreamChanged, refused.Code);
    });

    private static StreamDescription Evolved(StreamDescription stream) => stream with { SchemaVersion = stream.SchemaVersion + 1 };
}
