using System.Diagnostics;
using System.Globalization;
using Headwater.Testing;

namespace Headwater.Benchmarks.Scale;

/// <summary>The storage calls of one measured step, by what they cost.</summary>
internal readonly record struct CallCounts(int Reads, int Writes, int Lists, int Rows)
{
    /// <summary>List prices, as in infra/README.md: assumed.</summary>
    private const double ReadPrice = 0.004 / 10_000;

    private const double WritePrice = 0.05 / 10_000;

    private const double RowPrice = 0.00036 / 10_000;

    public int All => Reads + Writes + Lists + Rows;

    public double Dollars => (Reads * ReadPrice) + ((Writes + Lists) * WritePrice) + (Rows * RowPrice);

    /// <summary>Deletes are free and are not counted.</summary>
    public static CallCounts Of(IEnumerable<StorageCall> calls)
    {
        var counts = default(CallCounts);
        foreach (StorageCall call in calls)
        {
            counts = call.Operation switch
            {
                StorageOperation.Read => counts with { Reads = counts.Reads + 1 },
                StorageOperation.List or StorageOperation.ListFolders => counts with { Lists = counts.Lists + 1 },
                StorageOperation.GetRow or StorageOperation.QueryRows or StorageOperation.ApplyRows => counts with { Rows = counts.Rows + 1 },
                StorageOperation.Delete or StorageOperation.SignRead => counts,
                _ => counts with { Writes = counts.Writes + 1 },
            };
        }

        return counts;
    }
}

/// <summary>
/// Measures steps, prints a line for each, and compares the calls with a bound. The CPU is printed only: it includes that of the simulated storage.
/// </summary>
internal sealed class ScaleTable(TextWriter output)
{
    /// <summary>Whether every step kept its bound.</summary>
    public bool IsKept { get; private set; } = true;

    public void Title(string title)
    {
        output.WriteLine();
        output.WriteLine($"{title,-78}{"reads",8}{"writes",8}{"lists",7}{"rows",7}{"bound",8}{"CPU ms",9}{"dollars",12}");
    }

    /// <summary>Runs a step.</summary>
    /// <param name="name">What it does.</param>
    /// <param name="bound">The most calls that it may make.</param>
    /// <param name="process">The process that makes the calls.</param>
    /// <param name="step">The step.</param>
    public async Task<CallCounts> MeasureAsync(string name, int bound, SimulatedProcess process, Func<Task> step)
    {
        process.Storage.Clear();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        await step();
        TimeSpan cpu = Environment.CpuUsage.TotalTime - before;
        CallCounts counts = CallCounts.Of(process.Storage.Calls);
        process.Storage.Clear();
        bool isKept = counts.All <= bound;
        IsKept &= isKept;
        string calls = $"{counts.Reads,8}{counts.Writes,8}{counts.Lists,7}{counts.Rows,7}{bound,8}";
        string cost = string.Create(CultureInfo.InvariantCulture, $"{cpu.TotalMilliseconds,9:0.0}{counts.Dollars,12:0.0000000}");
        output.WriteLine($"  {name,-76}{calls}{cost}{(isKept ? "" : "  ABOVE ITS BOUND")}");
        return counts;
    }

    public void Note(string text) => output.WriteLine("  " + text);

    /// <summary>Runs a part and prints how long it took, preparation included.</summary>
    public void Part(Action<ScaleTable> part)
    {
        long began = Stopwatch.GetTimestamp();
        part(this);
        Note(string.Create(CultureInfo.InvariantCulture, $"({Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s with preparation)"));
    }
}
