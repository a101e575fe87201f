using System.CommandLine;
using Headwater.LocalHost.Copying;
using Headwater.LocalHost.Demo;
using Headwater.LocalHost.Errors;
using Headwater.LocalHost.Serving;

namespace Headwater.LocalHost;

/// <summary>The command line: what can be asked, said once for parsing and for <c>--help</c>.</summary>
internal static class HostCommand
{
    private const string StorageVariable = "HEADWATER_STORAGE";

    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Where to listen: plain HTTP on loopback, port 0 for a free one, several separated by ';'.",
        HelpName = "URL",
        DefaultValueFactory = _ => ListenAddress.Default,
    };

    private static readonly Option<string?> Storage = new("--storage")
    {
        Description = $"Connection string of a storage account. Without it, or {StorageVariable} in the environment, Azurite is installed and started for you.",
        HelpName = "CONNECTION",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Folder for Azurite's data; it survives restarts. Default: .headwater at the root of the repository.",
        HelpName = "DIR",
    };

    private static readonly Option<string> From = new("--from")
    {
        Description = "Where the log is: a storage account's name, for whoever is signed in to Azure, or a connection string.",
        HelpName = "ACCOUNT",
        Required = true,
    };

    private static readonly Option<string> To = new("--to")
    {
        Description = "Where the copy is to be, likewise. Nothing there is deleted, and nothing else may write to it.",
        HelpName = "ACCOUNT",
        Required = true,
    };

    /// <returns>The exit code: 0 after a stop that was asked for, 1 if the host cannot go on or the demo found a difference.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken stop)
    {
        Command demo = new("demo", "Posts real data to a fresh log, reads it back in two ways, checks every event, and reports speed and cost. Cleans up after itself.");
        demo.SetAction((_, _) => DemoRun.RunAsync(Console.Out, stop));
        Command copy = new("copy", "Copies a log into another storage account, and each further time what has come since: a backup, or the way back from one.") { From, To };
        copy.SetAction((parsed, _) => CopyCommand.RunAsync(parsed.GetValue(From)!, parsed.GetValue(To)!, Console.Out, stop));
        RootCommand root = new("Headwater on this machine: the HTTP API of the event log, over Azurite or a storage account of yours.") { Urls, Storage, Data, demo, copy };
        root.SetAction((parsed, _) => HostRun.RunAsync(Read(parsed), Console.Out, stop));
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

    private static HostSettings Read(ParseResult parsed)
    {
        string? storage = parsed.GetValue(Storage) ?? Environment.GetEnvironmentVariable(StorageVariable);
        return new HostSettings(
            ListenAddress.Parse(parsed.GetValue(Urls)!),
            string.IsNullOrWhiteSpace(storage) ? null : storage,
            parsed.GetValue(Data) ?? DataFolder.Default());
    }
}
