using Headwater.LocalHost.Serving;
using Headwater.Log.Model;
using Headwater.Testing;

[assembly: AssemblyFixture(typeof(Headwater.Client.Tests.RunningLog))]

namespace Headwater.Client.Tests;

/// <summary>The local host's server over Azurite, on a real port, and a client. Each test uses its own streams.</summary>
public sealed class RunningLog : IAsyncLifetime
{
    private AzuriteProcess? _azurite;

    private LocalServer? _server;

    private HeadwaterClient? _client;

    private string _missing = "";

    public HeadwaterClient Client => _client ?? throw Skipped();

    public Uri Address => _server?.Address ?? throw Skipped();

    public string ConnectionString => _azurite?.ConnectionString ?? throw Skipped();

    public async ValueTask InitializeAsync()
    {
        try
        {
            _azurite = await AzuriteProcess.StartAsync(CancellationToken.None);
        }
        catch (ToolMissingException missing)
        {
            _missing = missing.Message;
            return;
        }

        _server = await LocalServer.StartAsync(
            ListenAddress.Parse("http://127.0.0.1:0"), _azurite.ConnectionString, LogOptions.Default, CancellationToken.None);
        _client = new HeadwaterClient(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _azurite?.Dispose();
    }

    /// <summary>A stream of this name does not exist yet.</summary>
    public EventStream<Flight> NewFlights() => Client.Stream(AzuriteFixture.UniqueName(), FlightJson.Default.Flight);

    private InvalidOperationException Skipped()
    {
        Assert.Skip(_missing);
        return new InvalidOperationException(_missing);
    }
}
