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
    /// <summary>The live segments in offset order, without overlaps. There are gaps where no segment covers the offsets.</summary>
    /// <param name="files">The segments of one partition, in any order.</param>
    public static IReadOnlyList<LiveSegment> Resolve(IEnumerable<SegmentFile> files)
    {
        List<Candidate> candidates = Candidates([.. files]);
        var boundaries = new SortedSet<Offset>(candidates.SelectMany(c => new[] { c.Range.Start, c.Range.End }));
        var live = new List<LiveSegment>();
        Offset? previous = null;
        foreach (Offset boundary in boundaries)
        {
            if (previous is { } start)
            {
                Add(live, Winner(candidates, start), new OffsetRange(start, boundary));
            }

            previous = boundary;
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

    private static SegmentFile? Winner(List<Candidate> candidates, Offset at)
    {
        Candidate? best = null;
        foreach (Candidate candidate in candidates)
        {
            if (candidate.Range.Contains(at) && (best is null || candidate.Beats(best)))
            {
                best = candidate;
            }
        }

        return best?.File;
    }

    private static List<Candidate> Candidates(List<SegmentFile> files)
    {
        var candidates = new List<Candidate>();
        List<SegmentFile> originals = [.. files.Where(f => f.Generation == 0).OrderBy(f => f.Base)];
        originals = [.. originals.Where((f, i) => i == originals.Count - 1 || f.Sealed)];
        for (int i = 0; i < originals.Count; i++)
        {
            Offset end = i + 1 < originals.Count ? originals[i + 1].Base : Offset.Max;
            candidates.Add(new Candidate(originals[i], new OffsetRange(originals[i].Base, end)));
        }

        candidates.AddRange(files.Where(f => f.End is not null).Select(f => new Candidate(f, new OffsetRange(f.Base, f.End!.Value))));
        return candidates;
    }

    private sealed record Candidate(SegmentFile File, OffsetRange Range)
    {
        public bool Beats(Candidate other) =>
            File.Generation != other.File.Generation ? File.Generation > other.File.Generation : Range.End > other.Range.End;
    }
}
