namespace Headwater.Log.Compaction;

/// <summary>
/// Decides which inputs to replace and which inputs to merge into one segment. The plan depends only on the run, the scan result and options that all
/// instances share, so every instance that scanned the same run makes the same plan.
/// </summary>
internal static class CompactionPlanner
{
    /// <summary>A clean segment of at least 1/4 of the target size is not rewritten to merge it with small neighbours.</summary>
    private const int LargeEnough = 4;

    /// <summary>
    /// Maximum input bytes of a planned segment, as a multiple of the target size. A segment is written in one step, even if few events remain, so a step with
    /// more input might never finish within the host's time limit.
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

    /// <summary>The input is already a block blob and loses no event.</summary>
    private static bool IsFine(CompactionRun run, ScanProgress found, int input) => run.Inputs[input].Generation > 0 && found.Marks[input].Count == 0;

    private static long BytesLeft(CompactionRun run, ScanProgress found, int input) =>
        found.Events[input] == 0 ? 0 : (long)((double)run.Inputs[input].Bytes * (found.Events[input] - found.Marks[input].Count) / found.Events[input]);
}
