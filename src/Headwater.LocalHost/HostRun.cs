using Headwater.Hosting.Composition;
using Headwater.LocalHost.Emulator;
using Headwater.LocalHost.Npm;
using Headwater.LocalHost.Serving;
using Headwater.Log.Model;

namespace Headwater.LocalHost;

/// <param name="Addresses">The addresses to listen on.</param>
/// <param name="Storage">The connection string; null to start Azurite.</param>
/// <param name="Data">The folder of Azurite's data.</param>
/// <param name="Options">The log's limits, which follow from the memory that the host may use.</param>
internal sealed record HostSettings(IReadOnlyList<Uri> Addresses, string? Storage, string Data, LogOptions Options);

/// <summary>Serves until it is stopped. Storage starts before HTTP and stops after it, so that every acknowledged event is saved.</summary>
internal static class HostRun
{
    public static async Task<int> RunAsync(HostSettings settings, TextWriter output, StopSignals signals)
    {
        CancellationToken stop = signals.Token;
        foreach (Uri address in settings.Addresses)
        {
            ListenAddress.CheckFree(address);
        }

        if (settings.Storage is { } connection)
        {
            await ServeAsync(settings, connection, "Storage: the given storage account", output, stop);
            return 0;
        }

        using DataFolder folder = DataFolder.Open(settings.Data);
        NpmProject package = NpmProject.Find("azurite", "Azurite, the storage emulator,", TimeProvider.System);
        await using Azurite azurite = await StartAzuriteAsync(folder, package, output, stop);
        await using AzuriteKeeper keeper = AzuriteKeeper.Start(azurite.IsAlive, token => azurite.RestartAsync(package, token), output, TimeProvider.System);
        signals.BeforeForcedEnd(azurite.AskToStop);
        AzuritePorts ports = azurite.Ports;
        string where =
            $"""
            Storage: Azurite {(azurite.Adopted ? "found running" : "started")} on ports {ports.Blob}, {ports.Queue}, {ports.Table}, data in {folder.Path}
            Connect: {ports.ConnectionString}
            """;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, keeper.Failed);
        try
        {
            await ServeAsync(settings, azurite.Ports.ConnectionString, where, output, either.Token);
        }
        catch (OperationCanceledException) when (keeper.Failure is not null)
        {
            // Azurite ended while the host was starting.
        }

        return keeper.Failure is { } failure ? throw failure : 0;
    }

    private static async Task<Azurite> StartAzuriteAsync(DataFolder folder, NpmProject package, TextWriter output, CancellationToken stop)
    {
        await package.EnsureInstalledAsync(output, stop);
        AzuriteFolder data = new(Path.Combine(folder.Path, DataFolder.StorageFolder));
        return await Azurite.StartAsync(data, AzuritePorts.Standard, package, TimeProvider.System, stop);
    }

    /// <param name="settings">The host's settings.</param>
    /// <param name="connection">The storage account's connection string.</param>
    /// <param name="where">The lines that describe the storage. The emulator's key is public; a given account's connection string is never printed.</param>
    /// <param name="output">Receives what the host says about itself.</param>
    /// <param name="stop">Ends the host.</param>
    private static async Task ServeAsync(HostSettings settings, string connection, string where, TextWriter output, CancellationToken stop)
    {
        await using LocalServer server = await LocalServer.StartAsync(settings.Addresses, connection, settings.Options, stop);
        await server.RequireAccessAsync(stop);
        await server.StartQueuesAsync(stop);
        server.StartTimers();
        string url = server.Address.GetLeftPart(UriPartial.Authority);
        await output.WriteLineAsync(
            $"""
            Headwater listens on {url}
            {where}
            Try:     curl -X PUT {url}/streams/hello -H 'content-type: application/json' -d '{"{}"}'
            Stop:    Ctrl+C
            """);
        if (ProcessMemory.WarningOf(settings.Options) is { } warning)
        {
            await output.WriteLineAsync($"Warning: {warning}");
        }

        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stop.Register(stopped.SetResult);
        await stopped.Task;
        await output.WriteLineAsync("Stopping …");
    }
}
