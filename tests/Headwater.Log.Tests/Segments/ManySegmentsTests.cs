using Headwater.Core.Positions;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Log.Segments;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Segments;

/// <summary>What a partition of very many segments costs does not grow with their number, or only with its logarithm.</summary>
public sealed class ManySegmentsTests
{
    private const int Many = 200;

    [Fact]
    public void To_find_what_is_old_enough_to_be_rewritten_costs_a_logarithm_of_the_segments() => World.Play(async world =>
    {
        StreamDescription stream = await WithSegmentsAsync(world, Options.Plain);
        Instance timers = world.Start();

        await timers.MaintainAsync(stream, MaintenanceWork.Compact);

        Assert.InRange(IndexReads(timers), 1, 10);
    });

    [Fact]
    public void To_find_what_has_expired_costs_a_logarithm_of_the_segments() => World.Play(async world =>
    {
        StreamDescription stream = await WithSegmentsAsync(world, Options.Plain with { Retention = new RetentionSettings(TimeSpan.FromDays(1), null) });
        await Task.Delay(TimeSpan.FromDays(2), world.Time);
        Instance timers = world.Start();

        PartitionReport report = await timers.MaintainAsync(stream, MaintenanceWork.Retain);

        Assert.InRange(report.SegmentsDropped, Many - 5, Many);
        Assert.InRange(IndexReads(timers), 1, 10);
    });

    [Fact]
    public void Segments_that_are_old_enough_are_found_wherever_the_young_ones_begin() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 20; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
            await Task.Delay(TimeSpan.FromDays(1), world.Time);
        }

        IReadOnlyList<SegmentFile> files = await FilesAsync(world, stream);
        SegmentFile[] full = [.. files.Where(f => f.Sealed)];
        var times = new SegmentTimes(world.Store);
        LiveSegment[] live = [.. SegmentMap.Resolve(files).Where(s => s.File.Sealed)];
        for (int i = 0; i <= full.Length; i++)
        {
            UnixMicros since = i < full.Length ? (await times.LastAppendedAsync(full[i], default))!.Value : UnixMicros.MaxValue;
            SegmentSince found = await new SegmentTimes(world.Store).FirstSinceAsync(live, since, default);
            Assert.Equal((i, i < full.Length ? since : null), (found.Index, found.Last));
        }
    });

    [Fact]
    public void A_listing_of_many_segments_is_used_for_longer() => World.Play(async world =>
    {
        var place = new PartitionPlace(StreamName.Parse("s"), "0123456789abcdef0123456789abcdef", new PartitionId(0));
        const int segments = 12_000;
        for (int i = 0; i <= segments; i++)
        {
            await world.Store.CreateAppendBlobAsync(place.Segment(new Offset(i)), default);
            await world.Store.AppendBlockAsync(place.Segment(new Offset(i)), 0, new byte[1], default);
            await world.Store.SealAsync(place.Segment(new Offset(i)), default);
        }

        var script = new CallScript();
        var ports = new LogPorts(new WatchedBlobs(world.Store, script), world.Tables, world.Time, new SeededRandomness(1));
        PartitionOpener opener = PartitionSteps.Over(ports, LogOptions.Default).Opener;
        var map = new PartitionMap(place, opener, world.Time, new ListingAges(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)));
        TailPosition tail = new() { SegmentBase = new Offset(segments), Position = 1, Next = new Offset(segments), LastAppended = default, Blocks = 1 };

        await map.FindAsync(tail, new Offset(7), default);
        int once = script.Calls.Count;
        await Task.Delay(TimeSpan.FromMinutes(4), world.Time);
        await map.FindAsync(tail, new Offset(8), default);
        int later = script.Calls.Count;
        await Task.Delay(TimeSpan.FromMinutes(4), world.Time);
        await map.FindAsync(tail, new Offset(9), default);

        Assert.Equal((3, 3, 6), (once, later, script.Calls.Count));
    });

    private static int IndexReads(Instance instance) =>
        instance.Storage.Calls.Count(c => c.Operation == StorageOperation.Read && c.Name.EndsWith(".index", StringComparison.Ordinal));

    private static async Task<StreamDescription> WithSegmentsAsync(World world, StreamSettings settings)
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentAppends = 2 });
        StreamDescription stream = await instance.CreateAsync(settings: settings);
        for (int i = 0; i < Many; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        return stream;
    }

    private static async Task<IReadOnlyList<SegmentFile>> FilesAsync(World world, StreamDescription stream)
    {
        var ports = new LogPorts(world.Store, world.Tables, world.Time, new SeededRandomness(1));
        return await PartitionSteps.Over(ports, LogOptions.Default).Opener.ListAsync(PartitionPlace.Of(stream, new PartitionId(0)), default);
    }
}
