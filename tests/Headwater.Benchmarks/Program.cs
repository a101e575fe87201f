using Headwater.Benchmarks.Ratios;
using Headwater.Benchmarks.Replay;
using Headwater.Benchmarks.Road;

const string Usage =
    """
    usage: dotnet run -c Release --project tests/Headwater.Benchmarks -- (ratios [NAME] | road [HOST] | replay [EVENTS])

      ratios [NAME]   compares the CPU of the engine's inner loops with that of rivals in the same run, and the bytes allocated;
                      NAME: only the lines that contain it. Exits with 1 if a line is short of its goal.
      road [HOST]     measures a fresh local host over Azurite: CPU per event from socket to blob and back;
                      HOST: the path of another build's Headwater.LocalHost.dll
      replay [EVENTS] compares the CPU of a replay of sales with that of a loop by hand, and its wall time with a download of the same files;
                      EVENTS: 200000 by default. Exits with 1 if a goal is missed.
    """;

if (args is ["ratios", ..] and { Length: <= 2 })
{
    return RatioTable.Run(args.ElementAtOrDefault(1) ?? "", Console.Out) ? 0 : 1;
}

if (args is ["road", ..] and { Length: <= 2 })
{
    await RoadTable.RunAsync(args.ElementAtOrDefault(1) ?? Path.Combine(AppContext.BaseDirectory, "Headwater.LocalHost.dll"), Console.Out);
    return 0;
}

if (args is ["replay", ..] and { Length: <= 2 } && int.TryParse(args.ElementAtOrDefault(1) ?? "200000", out int events) && events >= 1_000)
{
    string host = Path.Combine(AppContext.BaseDirectory, "Headwater.LocalHost.dll");
    return await ReplayTable.RunAsync(host, events / 1_000 * 1_000, Console.Out) ? 0 : 1;
}

bool asks = args is ["--help" or "-h"];
await (asks ? Console.Out : Console.Error).WriteLineAsync(Usage);
return asks ? 0 : 2;
