using System.CommandLine;
using System.Globalization;
using Headwater.Hosting.Composition;
using Headwater.LocalHost.Copying;
using Headwater.LocalHost.Demo;
using Headwater.LocalHost.Errors;
using Headwater.LocalHost.Serving;
using Headwater.Log.Model;

namespace Headwater.LocalHost;

/// <summary>The command line: commands and options, defined once for parsing and for <c>--help</c>.</summary>
internal static class HostCommand
{
    private const string StorageVariable = "HEADWATER_STORAGE";
    private const string MemoryVariable = "HEADWATER_MEMORY_MB";
    private const string StreamsVariable = "HEADWATER_MAX_STREAMS";
    private const string PartitionsVariable = "HEADWATER_MAX_PARTITIONS";

    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Addresses to listen on: plain HTTP on loopback; port 0 takes a free port; separate several with ';'.",
        HelpName = "URL",
        DefaultValueFactory = _ => ListenAddress.Default,
    };

    private static readonly Option<string?> Storage = new("--storage")
    {
        Description = $"Connection string of a storage account. Default: {StorageVariable} in the environment; without it, Azurite is started.",
        HelpName = "CONNECTION",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Folder for Azurite's data, kept across restarts. Default: .headwater at the root of the repository. Azurite saves every 5 seconds: "
            + "stopping or killing the host loses nothing, but killing Azurite itself loses its last seconds.",
        HelpName = "DIR",
    };

    private static readonly Option<string?> Memory = new("--memory")
    {
        Description = $"MB of memory that the host may use, at least 256. Default: {MemoryVariable} in the environment; without it, the machine's memory.",
        HelpName = "MB",
    };

    private static readonly Option<string> From = new("--from")
    {
        Description = "The account of the log: a storage account's name, used with your Azure sign-in, or a connection string.",
        HelpName = "ACCOUNT",
        Required = true,
    };

    private static readonly Option<string> To = new("--to")
    {
        Description = "The account of the copy, in the same form. Nothing in it is deleted; nothing else may write to it.",
        HelpName = "ACCOUNT",
        Required = true,
    };

    /// <returns>The exit code: 0 after a requested stop, 1 if the host cannot continue or the demo found a difference.</returns>
    public static async Task<int> RunAsync(string[] args, StopSignals signals)
    {
        CancellationToken stop = signals.Token;
        Command demo = new(
            "demo", "Posts real data to a new log, reads it back in two ways, checks every event, reports throughput and cost, and deletes the log.");
        demo.SetAction((_, _) => DemoRun.RunAsync(Console.Out, signals));
        Command copy = new(
            "copy", "Copies a log to another storage account, as a backup or to restore one. Run it again to copy only what has changed since.")
        {
            From, To,
        };
        copy.SetAction((parsed, _) => CopyCommand.RunAsync(parsed.GetValue(From)!, parsed.GetValue(To)!, Console.Out, stop));
        RootCommand root = new("Headwater on this machine: the HTTP API of the event log, on Azurite or on your storage account.")
        {
            Urls, Storage, Data, Memory, demo, copy,
        };
        root.SetAction((parsed, _) => HostRun.RunAsync(Read(parsed), Console.Out, signals));
        try
        {
            return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, CancellationToken.None);
        }
        catch (HostException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 1;
        }
    }

    private static LogOptions ReadMemory(string? megabytes)
    {
        if (!ProcessMemory.TryRead(megabytes, out long bytes))
        {
            throw new HostException($"--memory or {MemoryVariable} is '{megabytes}'; it must be a whole number of MB from 256 to 1048576.");
        }

        if (!string.IsNullOrWhiteSpace(megabytes))
        {
            ProcessMemory.LimitHeap(bytes);
        }

        return LogOptions.ForMemory(bytes);
    }

    private static HostSettings Read(ParseResult parsed)
    {
        string? storage = parsed.GetValue(Storage) ?? Environment.GetEnvironmentVariable(StorageVariable);
        return new HostSettings(
            ListenAddress.Parse(parsed.GetValue(Urls)!),
            string.IsNullOrWhiteSpace(storage) ? null : storage,
            parsed.GetValue(Data) ?? DataFolder.Default(),
            ReadMemory(parsed.GetValue(Memory) ?? Environment.GetEnvironmentVariable(MemoryVariable)) with
            {
                MostStreams = ReadLimit(StreamsVariable, LogOptions.Default.MostStreams),
                MostPartitions = ReadLimit(PartitionsVariable, LogOptions.Default.MostPartitions),
            });
    }

    private static int ReadLimit(string variable, int absent)
    {
        string? text = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrWhiteSpace(text))
        {
            return absent;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new HostException($"{variable} is '{text}'; it must be a whole number from 1 to {int.MaxValue}.");
    }
}
