using Headwater.WorkerHost;

if (args is not ["cold" or "settled", _, ..])
{
    await Console.Error.WriteLineAsync("usage: (cold | settled) FOLDER...    measures the CPU of published apps");
    return 2;
}

await Measurement.RunAsync(args[0] == "cold", args[1..], CancellationToken.None);
return 0;
