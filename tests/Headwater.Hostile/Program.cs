using System.Globalization;
using Headwater.Hostile.Running;

const string Usage =
    """
    usage: dotnet run -c Release --project tests/Headwater.Hostile -- run [--seconds N] [--attack NAME] [--host DLL]

      Attacks a fresh local host over Azurite, one attack after the other and all together, while four clients append and read.
      Exits with 1 unless at least 95 % of the clients' first tries succeed, all within three retries and none with 5xx, the 99th percentile of
      their requests is at most 3 times that without the attack or 1 s, everything acknowledged reads back, and the host's resident memory
      stays below 1 GiB.

      --seconds N     length of a window; each attack has one to three, with as many without it in between. Default: 4
      --attack NAME   only the attacks whose names contain NAME
      --host DLL      the path of another build's Headwater.LocalHost.dll; an old one is started without --memory
    """;

var options = new Dictionary<string, string>(StringComparer.Ordinal);
bool isValid = args is ["run", ..] && args.Length % 2 == 1;
for (int i = 1; isValid && i < args.Length; i += 2)
{
    isValid = args[i] is "--seconds" or "--attack" or "--host" && options.TryAdd(args[i], args[i + 1]);
}

double seconds = 4;
if (options.TryGetValue("--seconds", out string? text))
{
    isValid &= double.TryParse(text, CultureInfo.InvariantCulture, out seconds) && seconds is >= 1 and <= 3_600;
}

if (!isValid)
{
    bool asks = args is ["--help" or "-h"];
    await (asks ? Console.Out : Console.Error).WriteLineAsync(Usage);
    return asks ? 0 : 2;
}

var run = new HostileRun(
    options.GetValueOrDefault("--host") ?? Path.Combine(AppContext.BaseDirectory, "Headwater.LocalHost.dll"),
    options.ContainsKey("--host") ? [] : ["--memory", "1024"],
    TimeSpan.FromSeconds(seconds),
    Console.Out);
return await run.RunAsync(options.GetValueOrDefault("--attack") ?? "") ? 0 : 1;
