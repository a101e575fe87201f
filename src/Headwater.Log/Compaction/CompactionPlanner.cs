namespace Headwater.Log.Compaction;

/// <summary>
/// Which inputs are replaced, and which of them by one segment. The same for every instance that has scanned the same run: it depends on nothing but
/// the run, what the scan found and options all instances share.
/// </summary>
internal static class CompactionPlanner
{
    /// <summary>A clean segment of this share of the target is left alone rather than written again for the sake of small neighbours.</summary>
    private const int LargeEnough = 4;

    /// <summary>
    /// A planned segment is written in one step, however little its inputs leave: one that took reading more than this many times the target might
    /// never end in the time a host gives it.
    /// </summary>
    private const int MostRead = 4;

    public static IReadOnlyList<PlannedSegment> Plan(CompactionRun run, ScanProgress found, long targetBytes)
    {
        var plan = new List<PlannedSegment>();
        int first = 0;
        while (first < run.Inputs.Count)
        {
            int count = 1;
            long bytes = BytesLeft(run, found, first);
            long read = run.Inputs[first].Bytes;
            while (first + count < run.Inputs.Count
                && read + run.Inputs[first + count].Bytes <= targetBytes * MostRead
                && Merges(run, found, first + count, bytes, targetBytes))
            {
                bytes += BytesLeft(run, found, first + count);
                read += run.Inputs[first + count].Bytes;
                count++;
            }

            if (count > 1 || !IsFine(run, found, first))
            {
                plan.Add(new PlannedSegment(first, count, 1 + run.Inputs.Skip(first).Take(count).Max(i => i.Generation)));
            }

            first += count;
        }

        return plan;
    }

    private static bool Merges(CompactionRun run, ScanProgress found, int next, long bytes, long targetBytes) =>
        run.Inputs[next - 1].End == run.Inputs[next].Start
        && found.SchemaVersions[next - 1] == found.SchemaVersions[next]
        && bytes + BytesLeft(run, found, next) <= targetBytes
        && !IsLeftAlone(run, found, next - 1, targetBytes)
        && !IsLeftAlone(run, found, next, targetBytes);

    private static bool IsLeftAlone(CompactionRun run, ScanProgress found, int input, long targetBytes) =>
        IsFine(run, found, input) && run.Inputs[input].Bytes >= targetBytes / LargeEnough;

    /// <summary>A block blob already, nothing of which goes.</summary>
    private static bool IsFine(CompactionRun run, ScanProgress found, int input) => run.Inputs[input].Generation > 0 && found.Marks[input].Count == 0;

    private static long BytesLeft(CompactionRun run, ScanProgress found, int input) =>
        found.Events[input] == 0 ? 0 : (long)((double)run.Inputs[input].Bytes * (found.Events[input] - found.Marks[input].Count) / found.Events[input]);
}
