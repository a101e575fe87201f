using System.Diagnostics;
using System.Globalization;
using Headwater.Simulation.Groups;

namespace Headwater.Simulation.Runs;

/// <summary>
/// <c>--seed N [--trace]</c> replays one seed. <c>--seeds N [--start M] [--threads T] [--stop]</c> runs many seeds, reports progress and prints every
/// failing seed; <c>--stop</c> ends at the first violation.
/// <c>--groups</c> runs simulations of consumer groups instead of the log. The exit code is 1 if there is a violation.
/// </summary>
internal static class Runner
{
    public static int Run(string[] args)
    {
        bool groups = args.Contains("--groups");
        Func<ulong, bool, SeedResult> simulate = groups ? GroupRun.Run : SeedRun.Run;
        if (Number(args, "--seed") is { } seed)
        {
            return One(simulate, (ulong)seed, args.Contains("--trace"));
        }

        return Many(
            groups,
            (ulong)(Number(args, "--start") ?? 1),
            (int)(Number(args, "--seeds") ?? 200),
            (int)(Number(args, "--threads") ?? Environment.ProcessorCount),
            args.Contains("--stop"));
    }

    private static int One(Func<ulong, bool, SeedResult> simulate, ulong seed, bool trace)
    {
        SeedResult result = simulate(seed, trace);
        Console.Write(result.Trace);
        Console.WriteLine($"seed {seed}: {result.Operations} operations, {result.StorageCalls} storage calls, {result.Violations.Count} violations");
        foreach (var violation in result.Violations)
        {
            Console.WriteLine(violation);
        }

        return result.Violations.Count == 0 ? 0 : 1;
    }

    private static int Many(bool groups, ulong start, int count, int threads, bool stop)
    {
        var watch = Stopwatch.StartNew();
        string mode = groups ? " --groups" : "";
        var run = new ManySeeds(start, count, threads, stop) { RunSeed = seed => groups ? GroupRun.Run(seed, trace: false) : SeedRun.Run(seed, trace: false) };
        run.Progress = done => Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{done} of {count} seeds, {run.Operations} operations, {watch.Elapsed.TotalSeconds:F0} s"));
        run.Failed = failed =>
        {
            Console.WriteLine($"SEED {failed.Seed} {string.Join("; ", failed.Violations.Take(3))}");
            Console.WriteLine($"  replay: dotnet run --project tests/Headwater.Simulation --{mode} --seed {failed.Seed} --trace");
        };
        run.Run();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Done} seeds from {start}: {run.Operations} operations, {run.StorageCalls} storage calls, {run.Failures} failing seeds, "
                + $"{watch.Elapsed.TotalSeconds:F1} s"));
        return run.Failures == 0 ? 0 : 1;
    }

    private static long? Number(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? long.Parse(args[at + 1], CultureInfo.InvariantCulture) : null;
    }
}
