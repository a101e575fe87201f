using CsCheck;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Read;
using Headwater.Log.Segments;
using Xunit;

namespace Headwater.Log.Tests.Segments;

/// <summary>The map of a partition with many segments costs little more than sorting them, and says the same as the plain rule.</summary>
public sealed class SegmentMapCostTests
{
    [Fact]
    public void Ten_times_the_segments_cost_at_most_fifteen_times_the_steps() => Assert.InRange(Steps(20_000) / Steps(2_000), 1, 15);

    [Fact]
    public void Ten_times_the_segments_of_many_generations_cost_at_most_fifteen_times_the_steps() =>
        Assert.InRange(Steps(20_000, generations: 3) / Steps(2_000, generations: 3), 1, 15);

    [Fact]
    public void The_map_is_the_one_that_the_plain_rule_gives() => Files().Sample(
        files => Assert.Equal(PlainSegmentMap.Resolve(files), SegmentMap.Resolve(files)), iter: 2_000);

    [Fact]
    public void A_cached_listing_that_grows_by_ten_times_the_segments_costs_at_most_fifteen_times_the_memory() =>
        Assert.InRange((double)Growth(900) / Growth(90), 1, 15);

    [Fact]
    public void A_cached_listing_that_has_grown_finds_what_it_was_given()
    {
        SegmentListingCache cache = Grown(500);
        for (long offset = 0; offset < 5_000; offset++)
        {
            Assert.Equal(offset / 10 * 10, cache.Find(new Offset(offset))!.Visible.Start.Value);
        }
    }

    private static long Growth(int segments)
    {
        Grown(segments);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Grown(segments);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>The listing of a partition with one segment, after the tail has passed more.</summary>
    private static SegmentListingCache Grown(int segments)
    {
        var place = new PartitionPlace(StreamName.Parse("s"), "id", new PartitionId(0));
        var cache = new SegmentListingCache(SegmentMap.Resolve([Original(0, isSealed: false)]), 0);
        for (int i = 0; i < segments; i++)
        {
            cache = cache.Extended(new PassedSegment(new Offset(i * 10), new Offset((i * 10) + 10), 100), place)!;
        }

        return cache;
    }

    private static Gen<List<SegmentFile>> Files() => Gen.Select(
        Gen.Select(Gen.Int[0, 40], Gen.Bool).Array[0, 12],
        Gen.Select(Gen.Int[0, 40], Gen.Int[1, 15], Gen.Int[1, 3]).Array[0, 12],
        Gen.Int[0, 100]).Select((originals, compacted, seed) =>
        {
            List<SegmentFile> files =
            [
                .. originals.DistinctBy(o => o.Item1).Select(o => Original(o.Item1, o.Item2)),
                .. compacted.DistinctBy(c => c).Select(c => Compacted(c.Item1, c.Item1 + c.Item2, c.Item3)),
            ];
            new Random(seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(files));
            return files;
        });

    private static double Steps(int segments, int generations = 0)
    {
        var files = new List<SegmentFile>();
        for (int i = 0; i < segments; i++)
        {
            files.Add(Original(i * 10, isSealed: true));
            files.AddRange(Enumerable.Range(1, generations).Select(g => Compacted(i * 10, (i * 10) + (g * 7), g)));
        }

        int steps = files.Count;
        SegmentMap.Resolve(files, () => steps++);
        return steps;
    }

    private static SegmentFile Original(long start, bool isSealed) => new($"{start}", new Offset(start), null, 0, 100, isSealed);

    private static SegmentFile Compacted(long start, long end, int generation) =>
        new($"{start}-{end}g{generation}", new Offset(start), new Offset(end), generation, 100, Sealed: true);
}

/// <summary>The rule of <see cref="SegmentMap"/> without any thought of cost: at every boundary, every segment is looked at.</summary>
internal static class PlainSegmentMap
{
    public static IReadOnlyList<LiveSegment> Resolve(List<SegmentFile> files)
    {
        List<(SegmentFile File, OffsetRange Range)> all = Ranges(files);
        Offset[] boundaries = [.. all.SelectMany(c => new[] { c.Range.Start, c.Range.End }).Distinct().Order()];
        var live = new List<LiveSegment>();
        foreach ((Offset start, Offset end) in boundaries.Zip(boundaries.Skip(1)))
        {
            SegmentFile? best = all
                .Where(c => c.Range.Contains(start))
                .OrderByDescending(c => c.File.Generation)
                .ThenByDescending(c => c.Range.End)
                .Select(c => c.File)
                .FirstOrDefault();
            if (best is not null && live.Count > 0 && live[^1].File == best && live[^1].Visible.End == start)
            {
                live[^1] = new LiveSegment(best, new OffsetRange(live[^1].Visible.Start, end));
            }
            else if (best is not null)
            {
                live.Add(new LiveSegment(best, new OffsetRange(start, end)));
            }
        }

        return live;
    }

    private static List<(SegmentFile File, OffsetRange Range)> Ranges(List<SegmentFile> files)
    {
        SegmentFile[] originals = [.. files.Where(f => f.Generation == 0).OrderBy(f => f.Base)];
        originals = [.. originals.Where((f, i) => i == originals.Length - 1 || f.Sealed)];
        return
        [
            .. originals.Select((f, i) => (f, new OffsetRange(f.Base, i + 1 < originals.Length ? originals[i + 1].Base : Offset.Max))),
            .. files.Where(f => f.End is not null).Select(f => (f, new OffsetRange(f.Base, f.End!.Value))),
        ];
    }
}
