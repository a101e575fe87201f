using System.Globalization;
using Headwater.Fuzz.Cases;

namespace Headwater.Fuzz.Running;

/// <summary>The command line of the fuzzer. The exit code is 1 if a case broke a promise.</summary>
internal static class Runner
{
    private const int Shown = 4_000;

    private const string Help = """
        Usage: dotnet run --project tests/Headwater.Fuzz -- [options]
          --seconds N    run the cases of consecutive seeds for N seconds
          --start N      the first seed (default: 1)
          --threads N    the number of cases that run at a time (default: the number of processors)
          --keep DIR     where the steps of failing cases are kept (default: TestResults/fuzz)
          --answers      count the answers of each kind
          --seed N       run the case of one seed
          --file FILE    run the steps of a kept case
          --help         show this text
        Without options the tests of the project run.
        """;

    public static int Run(string[] args)
    {
        if (args.Contains("--help"))
        {
            Console.WriteLine(Help);
            return 0;
        }

        string keep = Text(args, "--keep") ?? Path.Combine("TestResults", "fuzz");
        if (Text(args, "--file") is { } file)
        {
            return Report(CaseRun.Of(FuzzCase.Read(file)), keep: null);
        }

        return Text(args, "--seed") is { } seed
            ? Report(CaseRun.Of(ulong.Parse(seed, CultureInfo.InvariantCulture)), keep)
            : Many((ulong)Number(args, "--start", 1), Number(args, "--seconds", 180), Number(args, "--threads", Environment.ProcessorCount), keep, args.Contains("--answers"));
    }

    private static int Many(ulong start, int seconds, int threads, string keep, bool answers)
    {
        var run = new ManyCases(start, TimeSpan.FromSeconds(seconds), threads) { Failed = failed => Report(failed, keep) };
        Console.WriteLine($"seeds from {start} for {seconds} s");
        run.Run();
        foreach ((string answer, int count) in run.Answers.Where(_ => answers))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,8} {answer}"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Done} seeds from {start}: {run.Steps} requests and messages, {run.Accepted} stored batches, {run.Failures} failing seeds, {run.Elapsed.TotalSeconds:F1} s"));
        return run.Failures == 0 && run.Done > 0 ? 0 : 1;
    }

    private static int Report(CaseResult result, string? keep)
    {
        if (result.Violation is null)
        {
            Console.WriteLine($"seed {result.Case.Seed}: {result.Case.Steps.Count} requests and messages, {result.Accepted} stored batches, no violation");
            return 0;
        }

        Console.WriteLine($"SEED {result.Case.Seed} {(result.Violation.Length > Shown ? result.Violation[..Shown] + "…" : result.Violation)}");
        if (keep is not null)
        {
            Console.WriteLine($"  kept: {result.Case.Write(keep)}");
            Console.WriteLine($"  replay: dotnet run --project tests/Headwater.Fuzz -- --seed {result.Case.Seed}");
        }

        return 1;
    }

    private static string? Text(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static int Number(string[] args, string name, int fallback) =>
        Text(args, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
