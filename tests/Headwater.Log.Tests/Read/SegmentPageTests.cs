using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Xunit;

namespace Headwater.Log.Tests.Read;

/// <summary>Segments are listed in pages, with what they hold.</summary>
public sealed class SegmentPageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public void Pages_have_every_segment_of_every_partition_once(int limit) => World.Play(async world =>
    {
        Instance writer = world.Start(Options.RollsOften);
        StreamDescription stream = await writer.CreateAsync(settings: Options.Partitioned(3));
        await FillAsync(writer, stream);
        Instance reader = world.Start();
        List<SegmentListing> listed = await ListAsync(reader, stream, null, null, limit);
        IReadOnlyList<SegmentListing> all = await reader.Log.SegmentsAsync(stream, null, null, default);
        Assert.InRange(all.Count, 6, 100);
        Assert.Equal(all.Select(s => (s.Partition, s.Base)), listed.Select(s => (s.Partition, s.Base)));
    });

    [Fact]
    public void Pages_of_one_partition_from_an_offset_have_its_later_segments_once() => World.Play(async world =>
    {
        Instance writer = world.Start(Options.RollsOften);
        StreamDescription stream = await writer.CreateAsync();
        await FillAsync(writer, stream);
        List<SegmentListing> listed = await ListAsync(world.Start(), stream, new PartitionId(0), new Offset(3), 1);
        Assert.Equal([2L, 4, 6, 8, 10], listed.Select(s => s.Base.Value));
    });

    [Fact]
    public void A_segment_tells_its_events_and_their_times() => World.Play(async world =>
    {
        Instance writer = world.Start(Options.RollsOften);
        StreamDescription stream = await writer.CreateAsync();
        DateTimeOffset start = world.Time.GetUtcNow();
        for (int i = 0; i < 5; i++)
        {
            await writer.AppendAsync(stream, $"{i}");
            await Task.Delay(TimeSpan.FromMinutes(1), world.Time);
        }

        IReadOnlyList<SegmentListing> segments = await world.Start().Log.SegmentsAsync(stream, null, null, default);
        Assert.Equal([2L, 2, 1], segments.Select(s => s.Events!.Value));
        Assert.Equal([0, 2, 4], segments.Select(s => MinutesAfter(start, s.FirstAppended)));
        Assert.Equal([1, 3, 4], segments.Select(s => MinutesAfter(start, s.LastAppended)));
    });

    [Fact]
    public void An_empty_segment_has_no_times() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        SegmentListing segment = Assert.Single(await world.Start().Log.SegmentsAsync(stream, null, null, default));
        Assert.Equal((0L, null, null), (segment.Events, segment.FirstAppended, segment.LastAppended));
    });

    private static int MinutesAfter(DateTimeOffset start, UnixMicros? time) => (int)Math.Round((time!.Value.ToDateTimeOffset() - start).TotalMinutes);

    private static async Task FillAsync(Instance writer, StreamDescription stream)
    {
        for (int i = 0; i < 11; i++)
        {
            await writer.AppendAsync(stream, $"{i}");
        }
    }

    private static async Task<List<SegmentListing>> ListAsync(Instance reader, StreamDescription stream, PartitionId? partition, Offset? from, int limit)
    {
        var listed = new List<SegmentListing>();
        SegmentCursor? after = null;
        do
        {
            SegmentPage page = await reader.Log.SegmentsAsync(stream, new SegmentRequest(partition, from, after, limit), default);
            Assert.InRange(page.Segments.Count, 1, limit);
            listed.AddRange(page.Segments);
            after = page.Next;
        }
        while (after is not null);

        return listed;
    }
}
