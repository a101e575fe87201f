using Headwater.Benchmarks.Ratios;
using Headwater.Benchmarks.Replay;
using Headwater.Benchmarks.Road;
using Headwater.Benchmarks.Scale;

const string Usage =
    """
    usage: dotnet run -c Release --project tests/Headwater.Benchmarks -- COMMAND

      ratios [NAME]        compares the CPU of the engine's inner loops with that of rivals in the same run, and the bytes allocated;
                           NAME: only the lines that contain it. Exits with 1 if a line is short of its goal.
      ratios --expected    exits with 1 only if a ratio is more than 20 % below that in ratios.expected, or a loop allocates
      road [HOST]          measures a fresh local host over Azurite: CPU per event from socket to blob and back;
                           HOST: the path of another build's Headwater.LocalHost.dll
      scale [--short]      counts the storage calls of timers, appends, reads and consumer groups at large numbers, on simulated storage, with the
                           CPU; exits with 1 if a count is above its bound. --short: smaller numbers, less than a minute
      replay [EVENTS]      compares the CPU of a replay of sales with that of a loop by hand, and its wall time with a download of the same files;
                           EVENTS: 200000 by default. Exits with 1 if a goal is missed.
    """;

if (args is ["ratios", "--expected"])
{
    return new RatioTable(Console.Out, ExpectedRatios.Read()).Run("") ? 0 : 1;
}

if (args is ["ratios", ..] and { Length: <= 2 })
{
    return new RatioTable(Console.Out, null).Run(args.ElementAtOrDefault(1) ?? "") ? 0 : 1;
}

if (args is ["road", ..] and { Length: <= 2 })
{
    await RoadTable.RunAsync(args.ElementAtOrDefault(1) ?? Path.Combine(AppContext.BaseDirectory, "Headwater.LocalHost.dll"), Console.Out);
    return 0;
}

if (args is ["scale"] or ["scale", "--short"])
{
    return ScaleRun.Run(args.Length == 1 ? ScaleSizes.Long : ScaleSizes.Short, Console.Out) ? 0 : 1;
}

if (args is ["replay", ..] and { Length: <= 2 } && int.TryParse(args.ElementAtOrDefault(1) ?? "200000", out int events) && events >= 1_000)
{
    string host = Path.Combine(AppContext.BaseDirectory, "Headwater.LocalHost.dll");
    return await ReplayTable.RunAsync(host, events / 1_000 * 1_000, Console.Out) ? 0 : 1;
}

bool asks = args is ["--help" or "-h"];
await (asks ? Console.Out : Console.Error).WriteLineAsync(Usage);
return asks ? 0 : 2;
