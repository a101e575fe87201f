using Headwater.WorkerHost;

if (args is not ["measure", _, ..])
{
    await Console.Error.WriteLineAsync("usage: measure FOLDER... (published apps, one after the other)");
    return 2;
}

await Measurement.RunAsync(args[1..], CancellationToken.None);
return 0;
