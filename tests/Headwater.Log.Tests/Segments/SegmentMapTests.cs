using CsCheck;
using Headwater.Core.Positions;
using Headwater.Log.Segments;
using Xunit;

namespace Headwater.Log.Tests.Segments;

/// <summary>Which segment is live at each offset.</summary>
public sealed class SegmentMapTests
{
    [Fact]
    public void Nothing_makes_an_empty_map() => Assert.Empty(SegmentMap.Resolve([]));

    [Fact]
    public void Originals_follow_each_other_and_the_last_has_no_end() =>
        Assert.Equal(["0: 0-10", "10: 10-25", "25: 25-"], Resolve(Original(0), Original(10), Original(25, isSealed: false)));

    [Fact]
    public void The_order_of_listing_does_not_matter() =>
        Assert.Equal(["0: 0-10", "10: 10-25", "25: 25-"], Resolve(Original(25, isSealed: false), Original(0), Original(10)));

    [Fact]
    public void An_original_that_is_neither_sealed_nor_last_is_a_stray() =>
        Assert.Equal(["0: 0-25", "25: 25-"], Resolve(Original(0), Original(10, isSealed: false), Original(25, isSealed: false)));

    [Fact]
    public void A_last_original_that_is_sealed_is_live() =>
        Assert.Equal(["0: 0-10", "10: 10-"], Resolve(Original(0), Original(10)));

    [Fact]
    public void A_higher_generation_takes_the_place_of_what_it_covers() =>
        Assert.Equal(["0-25g1: 0-25", "25: 25-"], Resolve(Original(0), Original(10), Original(25, isSealed: false), Compacted(0, 25, 1)));

    [Fact]
    public void What_a_higher_generation_does_not_cover_stays() =>
        Assert.Equal(["0: 0-10", "10-25g1: 10-25", "25: 25-"], Resolve(Original(0), Original(10), Original(25, isSealed: false), Compacted(10, 25, 1)));

    [Fact]
    public void Of_two_generations_the_higher_wins() =>
        Assert.Equal(["0-25g2: 0-25", "25: 25-"], Resolve(Original(25, isSealed: false), Compacted(0, 25, 1), Compacted(0, 25, 2)));

    [Fact]
    public void Of_two_of_one_generation_the_one_with_the_greater_end_wins() =>
        Assert.Equal(["0-25g1: 0-25", "25: 25-"], Resolve(Original(25, isSealed: false), Compacted(0, 10, 1), Compacted(0, 25, 1)));

    [Fact]
    public void A_segment_may_be_visible_on_both_sides_of_a_higher_generation() =>
        Assert.Equal(["0-30g1: 0-10", "10-20g2: 10-20", "0-30g1: 20-30"], Resolve(Compacted(0, 30, 1), Compacted(10, 20, 2)));

    [Fact]
    public void Where_nothing_is_left_is_a_gap() =>
        Assert.Equal(["0-10g1: 0-10", "20: 20-"], Resolve(Compacted(0, 10, 1), Original(20, isSealed: false)));

    [Fact]
    public void At_every_offset_the_right_segment_speaks() =>
        Gen.Select(Gen.Int[0, 12].Array[0, 4], Gen.Select(Gen.Int[0, 11], Gen.Int[1, 6], Gen.Int[1, 3]).Array[0, 6]).Sample((bases, compacted) =>
        {
            List<int> sorted = [.. bases.Distinct().Order()];
            List<SegmentFile> files = [.. sorted.Select((b, i) => Original(b, isSealed: i < sorted.Count - 1))];
            files.AddRange(compacted.Select(c => Compacted(c.Item1, c.Item1 + c.Item2, c.Item3)).DistinctBy(f => f.Name));
            files = [.. files.OrderBy(f => f.Base)]; // A listing has this order.
            IReadOnlyList<LiveSegment> live = SegmentMap.Resolve(files);
            return Enumerable.Range(0, 20).All(o => Speaks(live, o) == Expected(files, sorted, o));
        });

    private static string? Speaks(IReadOnlyList<LiveSegment> live, int offset) => live.SingleOrDefault(s => s.Visible.Contains(new Offset(offset)))?.File.Name;

    /// <summary>Applies the rule directly, one offset at a time.</summary>
    private static string? Expected(List<SegmentFile> files, List<int> bases, int offset) => files
        .Where(f => f.Base.Value <= offset && offset < EndOf(f, bases))
        .OrderByDescending(f => f.Generation)
        .ThenByDescending(f => EndOf(f, bases))
        .ThenBy(f => f.Base)
        .FirstOrDefault()?.Name;

    private static long EndOf(SegmentFile file, List<int> bases) =>
        file.End?.Value ?? bases.Where(b => b > file.Base.Value).Select(b => (long)b).DefaultIfEmpty(long.MaxValue).Min();

    private static SegmentFile Original(long start, bool isSealed = true) => new($"{start}", new Offset(start), null, 0, 100, isSealed);

    private static SegmentFile Compacted(long start, long end, int generation) =>
        new($"{start}-{end}g{generation}", new Offset(start), new Offset(end), generation, 100, Sealed: true);

    private static IEnumerable<string> Resolve(params SegmentFile[] files) =>
        SegmentMap.Resolve(files).Select(s => $"{s.File.Name}: {s.Visible.Start}-{(s.Visible.End == Offset.Max ? "" : s.Visible.End.ToString())}");
}
