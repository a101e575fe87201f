using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Xunit;

namespace Headwater.Log.Tests.Read;

/// <summary>
/// At each offset, readers use the segment of the highest generation. If two segments have the same generation, readers use the one with the greater
/// end.
/// </summary>
public sealed class CompactedNamesTests
{
    [Fact]
    public void A_compacted_segment_speaks_for_the_segments_it_replaces() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (1, "one"), (3, "three"));

        Assert.Equal([(1, "one"), (3, "three"), (4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream));
    });

    [Fact]
    public void A_compacted_segment_is_read_after_the_segments_it_replaces_are_gone() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.OfAsync(world, stream, 0, 4, "zero");

        Assert.Equal([(0, "zero"), (4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream));
    });

    [Fact]
    public void A_compacted_segment_written_meanwhile_is_found_when_the_map_is_old() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await instance.ReadAllAsync(stream);
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (1, "one"));
        world.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([(1, "one"), (4, "4"), (5, "5")], await DeliveredAsync(instance, stream));
    });

    [Fact]
    public void A_reader_whose_segment_was_deleted_meanwhile_reads_what_replaced_it() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await instance.ReadAllAsync(stream);
        await Compacted.OfAsync(world, stream, 0, 4, "zero");

        Assert.Equal([(0, "zero"), (4, "4"), (5, "5")], await DeliveredAsync(instance, stream));
    });

    [Fact]
    public void A_time_is_found_when_the_segment_searched_was_deleted_meanwhile() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await instance.ReadAsync(stream, ReadFrom.Since(new UnixMicros(0)));
        instance.Storage.When(
            c => c.Operation == Testing.StorageOperation.List, Testing.CallFate.AnsweredAfter(Compacted.OfAsync(world, stream, 0, 4, "zero")));

        Page page = await instance.ReadAsync(stream, ReadFrom.Since(new UnixMicros(0)));

        Assert.Equal(["zero", "4", "5"], page.Values);
    });

    [Fact]
    public void The_highest_generation_wins() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (0, "first"), (2, "first"));
        await Compacted.WriteAsync(world, stream, 0, 4, 2, (2, "second"));

        Assert.Equal([(2, "second"), (4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream));
    });

    [Fact]
    public void A_tie_goes_to_the_greater_end() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteAsync(world, stream, 0, 2, 1, (0, "shorter"));
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (0, "longer"));

        Assert.Equal([(0, "longer"), (4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream));
    });

    [Fact]
    public void A_segment_is_read_only_where_no_higher_generation_speaks() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (0, "g1"), (1, "g1"), (2, "g1"), (3, "g1"));
        await Compacted.WriteAsync(world, stream, 2, 4, 2, (3, "g2"));

        Assert.Equal([(0, "g1"), (1, "g1"), (3, "g2"), (4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream));
    });

    [Fact]
    public void A_gap_before_a_higher_generation_ends_no_page() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (0, "g1"), (3, "g1"));
        await Compacted.WriteAsync(world, stream, 2, 4, 2, (2, "g2"));

        Assert.Equal([(0, "g1"), (2, "g2"), (4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream));
    });

    [Fact]
    public void Gaps_within_a_block_are_skipped() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteBlocksAsync(world, stream, 0, 4, 1, [(0, "zero"), (3, "three")]);

        Assert.Equal([(0, "zero"), (3, "three"), (4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public void A_block_that_reaches_into_a_higher_generation_is_delivered_up_to_it(int limit) => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteBlocksAsync(world, stream, 0, 4, 1, [(0, "g1"), (1, "g1"), (3, "g1")]);
        await Compacted.WriteAsync(world, stream, 2, 4, 2, (3, "g2"));

        Assert.Equal([(0, "g1"), (1, "g1"), (3, "g2"), (4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream, limit));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void A_block_of_which_nothing_is_visible_ends_no_page(int limit) => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteBlocksAsync(world, stream, 0, 4, 1, [(0, "g1"), (3, "g1")]);
        await Compacted.WriteAsync(world, stream, 1, 4, 2, (2, "g2"));

        Assert.Equal([(0, "g1"), (2, "g2"), (4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream, limit));
    });

    [Fact]
    public void A_raw_reader_whose_segment_was_deleted_meanwhile_reads_what_replaced_it() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await instance.ReadAllAsync(stream);
        await Compacted.OfAsync(world, stream, 0, 4, "zero");

        using RawPage page = await instance.Log.ReadRawAsync(
            stream, new ReadRequest(new PartitionId(0), ReadFrom.Earliest, 100, 1 << 20, TimeSpan.Zero), default);

        Assert.Equal([0L], RawPages.Offsets(page));
    });

    [Fact]
    public void A_raw_reader_that_never_met_the_deleted_segment_reads_what_replaced_it() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await instance.ReadAsync(stream, from: 3, limit: 1); // Loads the segment map without reading the first segment.
        await Compacted.OfAsync(world, stream, 0, 4, "zero");

        using RawPage page = await instance.Log.ReadRawAsync(
            stream, new ReadRequest(new PartitionId(0), ReadFrom.Earliest, 100, 1 << 20, TimeSpan.Zero), default);

        Assert.Equal([0L], RawPages.Offsets(page));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Pages_across_gaps_make_the_whole(int limit) => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteBlocksAsync(world, stream, 0, 4, 1, [(0, "zero"), (2, "two")], [(3, "three")]);

        Assert.Equal([(0, "zero"), (2, "two"), (3, "three"), (4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream, limit));
    });

    [Fact]
    public void A_read_that_begins_in_a_gap_begins_with_the_next_event() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (0, "zero"), (3, "three"));

        Page page = await world.Start().ReadAsync(stream, from: 1, limit: 1);

        Assert.Equal([3L], page.Offsets);
        Assert.Equal(4, page.Next.Value);
    });

    [Fact]
    public void A_read_that_begins_in_the_gap_at_a_segments_end_begins_with_the_next_segment() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (0, "zero"));

        Assert.Equal([4L, 5], (await world.Start().ReadAsync(stream, from: 2)).Offsets);
    });

    [Fact]
    public void A_segment_of_which_nothing_is_left_is_passed_over() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.OfAsync(world, stream, 0, 4);

        Assert.Equal([(4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream));
    });

    [Fact]
    public void A_page_of_gaps_alone_says_where_the_log_ends_now() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await instance.ReadAllAsync(stream);
        await world.Start(Options.RollsOften).AppendAsync(stream, "6");
        await Compacted.OfAsync(world, stream, 0, 6);
        world.Time.Advance(TimeSpan.FromMinutes(1)); // The segment map is now outdated.

        Assert.Equal(["6"], (await instance.ReadAsync(stream, from: 0)).Values);
    });

    [Fact]
    public void What_retention_took_before_a_segment_was_rewritten_is_no_gap() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteSinceAsync(world, stream, 0, 2, 4, 1, [(2, "two"), (3, "three")]);

        HeadwaterException refusal = await Assert.ThrowsAsync<HeadwaterException>(() => instance.ReadAsync(stream, from: 0));

        Assert.Equal(ErrorCode.CorruptSegment, refusal.Code); // It would be StreamChanged if the log start had moved.
        Assert.Equal(["two", "three", "4", "5"], (await instance.ReadAsync(stream, from: 2)).Values);
    });

    [Fact]
    public void What_retention_took_before_a_segment_was_rewritten_is_not_passed_over_in_a_search_by_time() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteSinceAsync(world, stream, 0, 2, 4, 1, [(2, "two"), (3, "three")]);

        HeadwaterException refusal = await Assert.ThrowsAsync<HeadwaterException>(() => instance.ReadAsync(stream, ReadFrom.Since(new UnixMicros(0))));

        Assert.Equal(ErrorCode.CorruptSegment, refusal.Code); // It would be StreamChanged if the log start had moved.
    });

    [Fact]
    public void A_hole_between_segments_is_not_passed_over_in_a_search_by_time() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        await Compacted.OfAsync(world, stream, 0, 3, "zero", "one");
        await Compacted.OfAsync(world, stream, 3, 4, "three");
        world.Time.Advance(TimeSpan.FromMinutes(1));
        UnixMicros later = UnixMicros.From(world.Time.GetUtcNow());
        await instance.AppendAsync(stream, "6");
        await world.Store.DeleteAsync(
            (await world.NamesAsync("")).Single(n => n.Contains("3-00000000000000000004.g", StringComparison.Ordinal)), null, CancellationToken.None);

        HeadwaterException refusal = await Assert.ThrowsAsync<HeadwaterException>(() => instance.ReadAsync(stream, ReadFrom.Since(later)));

        Assert.Equal(ErrorCode.CorruptSegment, refusal.Code); // It would be StreamChanged if the log start had moved.
    });

    [Fact]
    public void Tombstones_left_in_a_compacted_segment_are_delivered() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (1, null), (2, "two"));

        Assert.Equal([(1, null), (2, "two"), (4, "4"), (5, "5")], await DeliveredAsync(world.Start(), stream));
    });

    [Fact]
    public void A_raw_page_of_a_compacted_segment_leads_to_the_next_segment() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (0, "zero"), (2, "two"));

        using RawPage page = await world.Start().Log.ReadRawAsync(
            stream, new ReadRequest(new PartitionId(0), ReadFrom.Earliest, 100, 1 << 20, TimeSpan.Zero), default);

        Assert.Equal((0, 4), (page.First.Value, page.Range.Next.Value));
    });

    [Fact]
    public void A_raw_page_ends_where_a_higher_generation_speaks() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (0, "g1"), (1, "g1"), (2, "g1"), (3, "g1"));
        await Compacted.WriteAsync(world, stream, 2, 4, 2, (3, "g2"));

        using RawPage page = await world.Start().Log.ReadRawAsync(
            stream, new ReadRequest(new PartitionId(0), ReadFrom.Earliest, 100, 1 << 20, TimeSpan.Zero), default);

        Assert.Equal([0L, 1], RawPages.Offsets(page));
        Assert.Equal(2, page.Range.Next.Value);
    });

    [Fact]
    public void Compacted_segments_are_listed_in_place_of_those_they_replace() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await StartAsync(world);
        await Compacted.WriteAsync(world, stream, 0, 4, 1, (0, "zero"));

        IReadOnlyList<SegmentListing> segments = await world.Start().Log.SegmentsAsync(stream, null, null, default);

        Assert.Equal([(0L, 4L, 1), (4, 6, 0)], segments.Select(s => (s.Base.Value, s.Next.Value, s.Generation)));
    });

    /// <summary>Six events in segments of two; the last segment is unsealed.</summary>
    private static async Task<(Instance Instance, StreamDescription Stream)> StartAsync(World world)
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 6; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        return (instance, stream);
    }

    private static async Task<IReadOnlyList<(long, string?)>> DeliveredAsync(Instance instance, StreamDescription stream, int limit = 1000) =>
        [.. (await instance.ReadAllAsync(stream, limit: limit)).Select(e => (e.Offset, e.Value))];
}
