using System.Diagnostics;
using System.Globalization;
using Headwater.Hostile.Clients;
using Headwater.Testing;

namespace Headwater.Hostile.Running;

/// <summary>A fresh host over fresh storage, with the careful clients that use it.</summary>
internal sealed class Target : IAsyncDisposable
{
    /// <summary>Streams that the host may have: few, so that the attack with streams reaches the limit.</summary>
    private const int Streams = 120;

    private readonly AzuriteProcess _azurite;

    private Target(AzuriteProcess azurite, HostProcess host, Crew crew)
    {
        _azurite = azurite;
        Host = host;
        Crew = crew;
    }

    public HostProcess Host { get; }

    public Crew Crew { get; }

    public string Storage => _azurite.ConnectionString;

    public static async Task<Target> StartAsync(RunSettings settings)
    {
        AzuriteProcess azurite = await AzuriteProcess.StartAsync(CancellationToken.None);
        HostProcess? host = null;
        try
        {
            bool hasSetting = !settings.IsOther || await KnowsMemoryAsync(settings.Assembly);
            string megabytes = settings.Megabytes.ToString(CultureInfo.InvariantCulture);
            Dictionary<string, string> environment = hasSetting
                ? new() { ["HEADWATER_MAX_STREAMS"] = Streams.ToString(CultureInfo.InvariantCulture) }
                : new() { ["DOTNET_GCHeapHardLimit"] = (((long)settings.Megabytes << 20) / 4 * 3).ToString("x", CultureInfo.InvariantCulture) };
            host = await HostProcess.StartAsync(
                settings.Assembly, azurite.ConnectionString, environment, hasSetting ? ["--memory", megabytes] : []);
            return new Target(azurite, host, await Crew.StartAsync(host));
        }
        catch
        {
            host?.Dispose();
            azurite.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Crew.DisposeAsync();
        Host.Dispose();
        _azurite.Dispose();
    }

    /// <summary>Hosts older than the setting get the same limit of the heap from the runtime.</summary>
    private static async Task<bool> KnowsMemoryAsync(string assembly)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, "--help"]) { RedirectStandardOutput = true };
        using Process help = Process.Start(start) ?? throw new InvalidOperationException("The host did not start.");
        string text = await help.StandardOutput.ReadToEndAsync();
        await help.WaitForExitAsync();
        return text.Contains("--memory", StringComparison.Ordinal);
    }
}
