namespace Headwater.Benchmarks.Scale;

/// <summary>
/// The scale run: many streams, a wide stream, a long partition, many groups and a wide group on simulated storage, which counts calls. Each line has a bound
/// of its calls as a function of the sizes.
/// </summary>
internal static class ScaleRun
{
    /// <returns>Whether every count is within its bound.</returns>
    public static bool Run(ScaleSizes sizes, TextWriter output)
    {
        var table = new ScaleTable(output);
        table.Part(t => ManyStreams.Run(sizes, t));
        table.Part(t => WideStream.Run(sizes, t));
        table.Part(t => LongPartition.Run(sizes, t));
        table.Part(t => ManyGroups.Run(sizes, t));
        table.Part(t => WideGroup.Run(sizes, t));
        output.WriteLine();
        output.WriteLine(table.IsKept ? "every count is within its bound" : "a count is above its bound");
        return table.IsKept;
    }

    /// <summary>Calls that return at most a number of items each.</summary>
    public static int Pages(int items, int perPage) => Math.Max(1, (items + perPage - 1) / perPage);
}
