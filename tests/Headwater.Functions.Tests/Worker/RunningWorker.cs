using Headwater.Functions.Hosting;
using Headwater.Functions.Tests.Worker;
using Headwater.LocalHost.Serving;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Storage.Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using Headwater.Testing;
using Headwater.WorkerHost;
using Xunit;

[assembly: AssemblyFixture(typeof(RunningWorker))]

namespace Headwater.Functions.Tests.Worker;

/// <summary>
/// The published worker in its own process, and the local host. Each has its own emulator, so that both can use the same names. The first test that needs
/// them starts them. <c>HEADWATER_WORKER</c> names the app's folder, as in <c>.ci/run</c>; without it, these tests skip.
/// </summary>
public sealed class RunningWorker : IAsyncDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private readonly Lazy<Task<Hosts>> _hosts = new(StartAsync);

    public static string? Published { get; } =
        Environment.GetEnvironmentVariable("HEADWATER_WORKER") is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>The folder of the published app, or of the built app if none is published.</summary>
    public static string Folder { get; } = Published ?? Repository.PathOf("functions", "bin", Configuration, "net10.0");

    public static void SkipUnlessPublished() => Assert.SkipWhen(Published is null, "HEADWATER_WORKER names no published app");

    internal async Task<Hosts> HostsAsync()
    {
        SkipUnlessPublished();
        try
        {
            return await _hosts.Value;
        }
        catch (ToolMissingException missing)
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_hosts is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _hosts.Value).DisposeAsync();
        }
    }

    /// <summary>Starts a worker over a storage account.</summary>
    internal static Task<HostedWorker> StartAsync(AzuriteProcess azurite, params (string Name, string Value)[] settings)
    {
        var all = settings.ToDictionary(s => s.Name, s => s.Value);
        all[AppSettings.Storage] = azurite.ConnectionString;
        return HostedWorker.StartAsync(Folder, all, TestContext.Current.CancellationToken);
    }

    private static async Task<Hosts> StartAsync()
    {
        AzuriteProcess ofWorker = await AzuriteProcess.StartAsync(CancellationToken.None);
        AzuriteProcess ofLocal = await AzuriteProcess.StartAsync(CancellationToken.None);
        HostedWorker worker = await StartAsync(ofWorker);
        LocalServer local =
            await LocalServer.StartAsync(ListenAddress.Parse("http://127.0.0.1:0"), ofLocal.ConnectionString, LogOptions.Default, CancellationToken.None);
        return new Hosts(worker, local, ofWorker, ofLocal);
    }
}

/// <summary>The running worker and local host.</summary>
internal sealed class Hosts : IAsyncDisposable
{
    private readonly LocalServer _local;
    private readonly AzuriteProcess[] _emulators;

    public Hosts(HostedWorker worker, LocalServer local, AzuriteProcess ofWorker, AzuriteProcess ofLocal)
    {
        Worker = worker;
        _local = local;
        _emulators = [ofWorker, ofLocal];
        Local = new HttpClient { BaseAddress = local.Address };
        (Ports, Queues) = Open(ofWorker);
    }

    public HostedWorker Worker { get; }

    /// <summary>Sends requests to the local host.</summary>
    public HttpClient Local { get; }

    /// <summary>The worker's storage.</summary>
    public LogPorts Ports { get; }

    /// <summary>The worker's queues.</summary>
    public IQueues Queues { get; }

    public static (LogPorts Ports, IQueues Queues) Open(AzuriteProcess azurite)
    {
        var storage = new AzureStorage(new AzureStorageOptions { ConnectionString = azurite.ConnectionString }, new StorageMeter(), TimeProvider.System);
        return (new LogPorts(storage.OpenBlobs(StorageNames.Container), storage.OpenTables(), TimeProvider.System, Randomness.System), storage.OpenQueues());
    }

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        Local.Dispose();
        await _local.DisposeAsync();
        Array.ForEach(_emulators, e => e.Dispose());
    }
}
