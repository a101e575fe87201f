using System.Text;
using Azure.Storage.Queues;
using Headwater.LocalHost.Queues;
using Headwater.LocalHost.Serving;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Storage.Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;

namespace Headwater.EndToEnd.Tests.Queued;

/// <summary>A local host that pumps the queues of the tests' Azurite, and methods to inspect the queues.</summary>
internal sealed class QueueHost : IAsyncDisposable
{
    private readonly LocalServer _server;

    private QueueHost(LocalServer server, IQueues queues, string connection)
    {
        _server = server;
        Queues = queues;
        Connection = connection;
        Http = new HttpClient { BaseAddress = server.Address };
    }

    public IQueues Queues { get; }

    public HttpClient Http { get; }

    /// <summary>All storage calls so far, by operation.</summary>
    public IReadOnlyDictionary<StorageOperation, long> Calls => Enum.GetValues<StorageOperation>().ToDictionary(o => o, _server.Meter.Count);

    /// <summary>AppendBlock calls so far.</summary>
    public long Appends => _server.Meter.Count(StorageOperation.BlobAppend);

    private string Connection { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<QueueHost> StartAsync(string connection, StorageMeter meter)
    {
        AzureStorage account = new(new AzureStorageOptions { ConnectionString = connection }, meter, TimeProvider.System);
        LocalServer server = await LocalServer.StartAsync(ListenAddress.Parse("http://127.0.0.1:0"), connection, LogOptions.Default, Cancellation);
        return new QueueHost(server, account.OpenQueues(), connection);
    }

    /// <param name="queues">The queues that the pumps use.</param>
    /// <param name="settings">Null: the settings in host.json.</param>
    public QueuePumps Pump(IQueues queues, QueueSettings? settings = null) => _server.StartQueues(settings ?? QueueSettings.Load(), queues);

    public ValueTask PutAsync(string queue, string text) => Queues.SendAsync(queue, Encoding.UTF8.GetBytes(text), TimeSpan.Zero, Cancellation);

    /// <summary>The number of messages on a queue, including hidden ones.</summary>
    public async Task<int> CountAsync(string queue)
    {
        QueueClient client = Client(queue);
        return await client.ExistsAsync(Cancellation) ? (await client.GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount : 0;
    }

    /// <summary>A queue without the app's adapter, created if it is absent.</summary>
    public async Task<QueueClient> RawAsync(string queue)
    {
        QueueClient client = Client(queue);
        await client.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        return client;
    }

    /// <summary>Deletes the messages of a queue.</summary>
    public async Task ClearAsync(string queue) => await (await RawAsync(queue)).ClearMessagesAsync(Cancellation);

    /// <summary>Waits until no message is left on either queue.</summary>
    public Task DrainedAsync(TimeSpan patience) =>
        Progress.UntilNoneAsync(async () => await CountAsync(StorageNames.AppendsQueue) + await CountAsync(StorageNames.InboxQueue), patience);

    private QueueClient Client(string queue) => new(Connection, queue, new QueueClientOptions(QueueClientOptions.ServiceVersion.V2026_06_06));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
    }
}
