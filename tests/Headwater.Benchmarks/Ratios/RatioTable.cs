using System.Globalization;

namespace Headwater.Benchmarks.Ratios;

/// <summary>
/// Prints a line for each ratio: name, ours, rival, ratio, goal, and whether it is reached. Ours and rival are CPU time of this process per event, from
/// rounds in turns; the ratio is the median of the rounds' ratios, so that other load on the machine affects both alike.
/// </summary>
/// <param name="output">Receives the table.</param>
/// <param name="expected">Judges the ratios; null: their goals do.</param>
internal sealed class RatioTable(TextWriter output, ExpectedRatios? expected)
{
    private const int Rounds = 15;
    private const double Tolerance = 0.9;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(150);

    /// <summary>Measures and prints.</summary>
    /// <param name="part">Only lines whose name contains this.</param>
    /// <returns>Whether every line is good enough.</returns>
    public bool Run(string part)
    {
        Write("name", "ours ns", "rival ns", "ratio", "goal", "");
        bool all = true;
        foreach (Ratio ratio in Cases.All().Where(r => r.Name.Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            all &= Run(ratio);
        }

        return all;
    }

    private bool Run(Ratio ratio)
    {
        Repeat(ratio.Ours, WarmUp);
        Repeat(ratio.Rival, WarmUp);
        var rounds = Enumerable.Range(0, Rounds)
            .Select(_ => (Ours: Repeat(ratio.Ours, Round) / ratio.Items, Rival: Repeat(ratio.Rival, Round) / ratio.Items))
            .ToList();
        double median = Median(rounds.Select(r => r.Rival / r.Ours));
        bool reached = ratio.Goal is not { } goal || median >= goal * Tolerance;
        Write(
            ratio.Name,
            Number(Median(rounds.Select(r => r.Ours)), "0"),
            Number(Median(rounds.Select(r => r.Rival)), "0"),
            Number(median, "0.00"),
            ratio.Goal is { } named ? Number(named, "0.00") : "",
            reached ? "ok" : "short");
        bool isGood = expected?.IsReached(ratio.Name, median) ?? reached;
        if (!isGood && expected is not null)
        {
            output.WriteLine($"  more than 20 % below {Number(expected.Of(ratio.Name), "0.00")}, the ratio in ratios.expected");
        }

        return isGood & RunAllocation(ratio);
    }

    private bool RunAllocation(Ratio ratio)
    {
        if (ratio.MostBytes is not { } most)
        {
            return true;
        }

        const int Calls = 20;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
        {
            ratio.Ours();
        }

        double bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(Calls * ratio.Items);
        Write("  bytes allocated", Number(bytes, "0.0"), "", "", Number(most, "0.0"), bytes <= most ? "ok" : "short");
        return bytes <= most;
    }

    /// <summary>Repeats a loop for some time.</summary>
    /// <returns>Nanoseconds of CPU per call.</returns>
    private static double Repeat(Action loop, TimeSpan time)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        TimeSpan spent;
        int calls = 0;
        do
        {
            loop();
            calls++;
            spent = Environment.CpuUsage.TotalTime - before;
        }
        while (spent < time);
        return spent.TotalNanoseconds / calls;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private void Write(string name, string ours, string rival, string ratio, string goal, string outcome) =>
        output.WriteLine($"{name,-58}{ours,9}{rival,9}{ratio,7}{goal,6}  {outcome}");
}
