using System.Globalization;
using Headwater.Hostile.Running;

const string Usage =
    """
    usage: dotnet run -c Release --project tests/Headwater.Hostile -- run [--seconds N] [--attack NAME] [--memory MB] [--seed N] [--slower N]
           dotnet run -c Release --project tests/Headwater.Hostile -- measure --host DLL [--seconds N] [--attack NAME] [--memory MB]

      Attacks a fresh local host over Azurite, one attack after the other and all together, while four clients append and read.
      Exits with 1 unless at least 95 % of the clients' first tries succeed, all within three retries and none with 5xx, the 99th percentile of
      their requests is at most 3 times that without the attack or 1 s, everything acknowledged reads back, and the host's resident memory
      stays below the memory that it may use.

      --seconds N     length of a window; each attack has one to three, with as many without it in between. Default: 4
      --attack NAME   only the attacks whose names contain NAME
      --memory MB     memory that the host may use. Default: 1024
      --seed N        orders the attacks. Default: 1
      --slower N      multiplies the limit of the 99th percentile, for machines that others use. Default: 1

      measure: the same against another build's Headwater.LocalHost.dll, each attack once on a host of its own. Judges nothing.
    """;

var options = new Dictionary<string, string>(StringComparer.Ordinal);
bool measures = args is ["measure", ..];
bool isValid = (measures || args is ["run", ..]) && args.Length % 2 == 1;
string[] known = ["--seconds", "--attack", "--memory", .. (string[])(measures ? ["--host"] : ["--seed", "--slower"])];
for (int i = 1; isValid && i < args.Length; i += 2)
{
    isValid = known.Contains(args[i]) && options.TryAdd(args[i], args[i + 1]);
}

double Number(string name, double absent, double least, double most)
{
    double number = absent;
    isValid &= !options.TryGetValue(name, out string? text)
        || (double.TryParse(text, CultureInfo.InvariantCulture, out number) && number >= least && number <= most);
    return number;
}

string? host = options.GetValueOrDefault("--host");
var settings = new RunSettings(
    host ?? Path.Combine(AppContext.BaseDirectory, "Headwater.LocalHost.dll"),
    host is not null,
    (int)Number("--memory", 1_024, 256, 1 << 20),
    TimeSpan.FromSeconds(Number("--seconds", 4, 1, 3_600)),
    (int)Number("--seed", 1, 0, int.MaxValue),
    options.GetValueOrDefault("--attack") ?? "")
{
    Slower = Number("--slower", 1, 1, 100),
};
if (!isValid || measures != host is not null)
{
    bool asks = args is ["--help" or "-h"];
    await (asks ? Console.Out : Console.Error).WriteLineAsync(Usage);
    return asks ? 0 : 2;
}

var run = new HostileRun(settings, Console.Out);
if (measures)
{
    await run.MeasureAsync();
    return 0;
}

await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seed {settings.Seed}"));
return await run.RunAsync() ? 0 : 1;
