using System.Diagnostics;
using Headwater.LocalHost.Emulator;
using Headwater.LocalHost.Npm;
using Headwater.LocalHost.Serving;
using Headwater.Log.Model;
using Headwater.Storage.Azure.Metering;
using Spectre.Console;

namespace Headwater.LocalHost.Demo;

/// <summary>Posts, reads and checks real data. Azurite and the server are started on free ports, in a folder that is deleted afterwards.</summary>
internal static class DemoRun
{
    /// <returns>0 if all checks passed, otherwise 1.</returns>
    public static async Task<int> RunAsync(TextWriter output, StopSignals signals)
    {
        CancellationToken stop = signals.Token;
        DemoFiles files = await DemoData.InstallAsync(output, stop);
        NpmProject package = NpmProject.Find("azurite", "Azurite, the storage emulator,", TimeProvider.System);
        await package.EnsureInstalledAsync(output, stop);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("headwater-demo-");
        try
        {
            await using Azurite azurite = await Azurite.StartAsync(new AzuriteFolder(folder.FullName), AzuritePorts.Any, package, TimeProvider.System, stop);
            signals.BeforeForcedEnd(azurite.AskToStop);
            await using LocalServer server = await LocalServer.StartAsync(
                ListenAddress.Parse("http://127.0.0.1:0"), azurite.Ports.ConnectionString, LogOptions.Default, stop);
            return await RunAsync(files, server, azurite.Ports.ConnectionString, output, stop) ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> RunAsync(DemoFiles files, LocalServer server, string storage, TextWriter output, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        IAnsiConsole console = ConsoleOn(output);
        console.WriteLine($"Headwater listens on {server.Address} and stores in Azurite. Posting vega-datasets 3.2.1.");
        DemoData data = await DemoData.LoadAsync(files, stop);
        using HttpClient http = new() { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(2) };
        StreamSteps steps = new(http, server.Meter, console);
        StreamResult airports = await steps.RunAsync(
            DemoStream.Airports,
            [.. data.Airports.Select(DemoStream.Of), .. DemoData.Closed.Select(DemoStream.Closing)],
            batch: 1_000, requestsAtOnce: 1, stop);
        StreamResult flights = await steps.RunAsync(DemoStream.Flights, [.. data.Flights.Select(DemoStream.Of)], batch: 5_000, requestsAtOnce: 1, stop);
        StreamResult delays = await steps.RunAsync(DemoStream.Delays, [.. data.Delays.Select(DemoStream.Of)], batch: 10_000, requestsAtOnce: 4, stop);
        AvroRead avro = await new ReadAsAvro(http, DemoStream.Delays).RunAsync(stop);
        RawRates raw = await new RawStorage(storage).MeasureAsync(
            delays.Files.Bytes, (int)delays.Appending.Of(StorageOperation.BlobAppend), delays.Stream.Partitions, stop);

        Checks checks = new(console);
        foreach (StreamResult result in (StreamResult[])[airports, flights, delays])
        {
            checks.Stream(result);
        }

        StateReport states = WorstStates.FromLog(airports.Read, flights.Read);
        checks.That(
            states.Worst.Count == 10 && states.SameAs(WorstStates.FromFiles(files)), "the ten worst states from the log equal those computed from the files");
        console.WriteLine();
        Report report = new(console);
        report.States(states);
        report.Speed([airports, flights, delays]);
        report.BesideRaw(delays, avro, raw);
        report.Cost(delays);
        console.WriteLine($"{(checks.AllPassed ? "All checks passed" : "Some checks FAILED")}, in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s.");
        return checks.AllPassed;
    }

    private static IAnsiConsole ConsoleOn(TextWriter output)
    {
        AnsiSupport ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = ansi });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 160;
        }

        return console;
    }
}
