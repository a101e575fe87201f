using Headwater.Core.Positions;

namespace Headwater.Log.Segments;

/// <summary>A range of offsets and the segment to read them from.</summary>
/// <param name="File">The segment.</param>
/// <param name="Visible">The offsets to read from this segment. <see cref="OffsetRange.End"/> is <see cref="Offset.Max"/> for the last segment of generation
/// 0.</param>
public sealed record LiveSegment(SegmentFile File, OffsetRange Visible);

/// <summary>
/// Decides which segment to read at each offset: the one with the highest generation, and among those the one with the highest end.
/// A segment of generation 0 that is neither sealed nor the last is a stray, created by a process that lost a race, and is ignored.
/// </summary>
public static class SegmentMap
{
    /// <summary>The live segments in offset order, without overlaps. There are gaps where no segment covers the offsets. N segments cost N log N steps.</summary>
    /// <param name="files">The segments of one partition, in any order.</param>
    public static IReadOnlyList<LiveSegment> Resolve(IEnumerable<SegmentFile> files) => Resolve(files, () => { });

    /// <param name="files">The segments of one partition, in any order.</param>
    /// <param name="compared">Called for each comparison of two segments that cover an offset.</param>
    internal static IReadOnlyList<LiveSegment> Resolve(IEnumerable<SegmentFile> files, Action compared)
    {
        List<Candidate> candidates = Candidates([.. files]);
        Offset[] boundaries = [.. candidates.SelectMany(c => new[] { c.Range.Start, c.Range.End }).Distinct().Order()];
        var begins = new Queue<Candidate>(candidates.OrderBy(c => c.Range.Start));
        var covering = new PriorityQueue<Candidate, Candidate>(Comparer<Candidate>.Create((left, right) => Compare(left, right, compared)));
        var live = new List<LiveSegment>();
        for (int i = 0; i + 1 < boundaries.Length; i++)
        {
            while (begins.TryPeek(out Candidate? next) && next.Range.Start == boundaries[i])
            {
                begins.Dequeue();
                covering.Enqueue(next, next);
            }

            // An ended segment below the best one stays in the queue until it is the best.
            while (covering.TryPeek(out Candidate? best, out _) && best.Range.End <= boundaries[i])
            {
                covering.Dequeue();
            }

            Add(live, covering.TryPeek(out Candidate? winner, out _) ? winner.File : null, new OffsetRange(boundaries[i], boundaries[i + 1]));
        }

        return live;
    }

    private static void Add(List<LiveSegment> live, SegmentFile? winner, OffsetRange range)
    {
        if (winner is null)
        {
            return;
        }

        if (live.Count > 0 && live[^1].File == winner && live[^1].Visible.End == range.Start)
        {
            live[^1] = new LiveSegment(winner, new OffsetRange(live[^1].Visible.Start, range.End));
            return;
        }

        live.Add(new LiveSegment(winner, range));
    }

    private static int Compare(Candidate left, Candidate right, Action compared)
    {
        compared();
        return left.Beats(right) ? -1 : right.Beats(left) ? 1 : left.Number.CompareTo(right.Number);
    }

    private static List<Candidate> Candidates(List<SegmentFile> files)
    {
        var candidates = new List<Candidate>();
        List<SegmentFile> originals = [.. files.Where(f => f.Generation == 0).OrderBy(f => f.Base)];
        originals = [.. originals.Where((f, i) => i == originals.Count - 1 || f.Sealed)];
        for (int i = 0; i < originals.Count; i++)
        {
            Offset end = i + 1 < originals.Count ? originals[i + 1].Base : Offset.Max;
            candidates.Add(new Candidate(i, originals[i], new OffsetRange(originals[i].Base, end)));
        }

        candidates.AddRange(files.Where(f => f.End is not null).Select((f, i) => new Candidate(originals.Count + i, f, new OffsetRange(f.Base, f.End!.Value))));
        return candidates;
    }

    /// <param name="Number">Of two segments of which neither beats the other, the one with the lower number is read.</param>
    /// <param name="File">The segment.</param>
    /// <param name="Range">The offsets that it covers.</param>
    private sealed record Candidate(int Number, SegmentFile File, OffsetRange Range)
    {
        public bool Beats(Candidate other) =>
            File.Generation != other.File.Generation ? File.Generation > other.File.Generation : Range.End > other.Range.End;
    }
}
