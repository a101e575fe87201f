using System.Diagnostics.Metrics;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Metering;
using Headwater.Testing;
using StorageOperation = Headwater.Storage.Azure.Metering.StorageOperation;

namespace Headwater.Storage.Azure.Tests.Metering;

public sealed class Metered_calls(AzuriteFixture azurite) : IDisposable
{
    private readonly StorageMeter _meter = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task Blob_calls_are_counted_by_kind()
    {
        AzureStorage storage = await azurite.StorageAsync(_meter);
        IBlobs blobs = storage.OpenBlobs(AzuriteFixture.UniqueName());
        await blobs.CreateAppendBlobAsync("a", Cancellation);
        await blobs.AppendBlockAsync("a", 0, new byte[] { 1 }, Cancellation);
        await blobs.AppendBlockAsync("a", 1, new byte[] { 2 }, Cancellation);
        await blobs.SealAsync("a", Cancellation);
        using BlobRead? read = await blobs.ReadAsync("a", 0, 1, Cancellation);
        await blobs.WriteAsync("b", new byte[] { 1 }, WriteCondition.IfAbsent, Cancellation);
        await blobs.ListAsync("", null, 10, Cancellation);
        await blobs.ListFoldersAsync("", null, Cancellation);
        await blobs.DeleteAsync("b", null, Cancellation);

        // The first create failed because the container was missing. The adapter created the container and repeated the call.
        Assert.Equal(
            new Dictionary<StorageOperation, long>
            {
                [StorageOperation.BlobCreate] = 2,
                [StorageOperation.BlobAppend] = 2,
                [StorageOperation.BlobSeal] = 1,
                [StorageOperation.BlobPut] = 1,
                [StorageOperation.BlobGet] = 1,
                [StorageOperation.BlobList] = 2,
                [StorageOperation.BlobDelete] = 1,
                [StorageOperation.ContainerCreate] = 1,
            },
            _meter.Snapshot());
    }

    [Fact]
    public async Task Table_calls_are_counted_by_kind_and_a_transaction_once()
    {
        AzureStorage storage = await azurite.StorageAsync(_meter);
        ITables tables = storage.OpenTables(AzuriteFixture.UniqueName());
        RowChange[] changes = [.. Enumerable.Range(0, 10).Select(i => new RowChange(RowChangeKind.Insert, $"{i}", new Dictionary<string, object>()))];
        await tables.ApplyAsync("rows", "p", changes, Cancellation);
        await tables.GetAsync("rows", new RowId("p", "1"), Cancellation);
        await tables.QueryAsync("rows", "p", null, 100, Cancellation);

        // The first transaction failed because the table was missing. The adapter created the table and repeated the call.
        Assert.Equal(
            new Dictionary<StorageOperation, long>
            {
                [StorageOperation.TableWrite] = 2,
                [StorageOperation.TableRead] = 2,
                [StorageOperation.TableCreate] = 1,
            },
            _meter.Snapshot());
    }

    [Fact]
    public async Task Queue_calls_are_counted_by_kind()
    {
        AzureStorage storage = await azurite.StorageAsync(_meter);
        IQueues queues = storage.OpenQueues(AzuriteFixture.UniqueName());
        await queues.SendAsync("q", "message"u8.ToArray(), TimeSpan.Zero, Cancellation);
        await queues.PeekAsync("q", 1, Cancellation);
        QueuedMessage message = Assert.Single(await queues.ReceiveAsync("q", 1, TimeSpan.FromSeconds(5), Cancellation));
        string? pop = await queues.ExtendAsync("q", message.Receipt, TimeSpan.FromSeconds(5), Cancellation);
        await queues.DeleteAsync("q", message.Receipt with { Pop = pop! }, Cancellation);

        Assert.Equal(
            new Dictionary<StorageOperation, long>
            {
                [StorageOperation.QueueCreate] = 1,
                [StorageOperation.QueuePut] = 2,
                [StorageOperation.QueuePeek] = 1,
                [StorageOperation.QueueGet] = 1,
                [StorageOperation.QueueUpdate] = 1,
                [StorageOperation.QueueDelete] = 1,
            },
            _meter.Snapshot());
    }

    [Fact]
    public async Task Every_attempt_of_a_read_counts()
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(500, null)).Then(new IOException("dropped")).Then(Scripted.Ranged("abc", 0, 3));

        using BlobRead? read = await azure.Blobs.ReadAsync("a", 0, 10, Cancellation);

        Assert.Equal(3, azure.Meter.Count(StorageOperation.BlobGet));
    }

    [Fact]
    public async Task A_read_at_the_end_counts_its_second_call_apart()
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(416, "InvalidRange")).Then(Scripted.State(3));

        using BlobRead? read = await azure.Blobs.ReadAsync("a", 3, 10, Cancellation);

        Assert.Equal((1L, 1L), (azure.Meter.Count(StorageOperation.BlobGet), azure.Meter.Count(StorageOperation.BlobHead)));
    }

    [Fact]
    public async Task Calls_are_published_with_operation_and_outcome()
    {
        List<string> published = [];
        Scripted azure = new();
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == StorageMeter.MeterName && instrument.Name == "headwater.storage.operations")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            lock (published)
            {
                published.Add($"{tags[0].Value} {tags[1].Value} {count}");
            }
        });
        listener.Start();
        azure.Service.Then(CannedResponse.Error(429, null));

        await azure.Blobs.AppendBlockAsync("only-here", 0, new byte[] { 1 }, Cancellation);

        // Calls of other tests are published too, at any time.
        lock (published)
        {
            Assert.Contains("blob-append refused 1", published);
        }
    }

    [Fact]
    public void Every_operation_has_a_name_in_kebab_case() =>
        Assert.Equal(
            ["blob-create", "blob-append", "blob-seal"],
            new[] { StorageOperation.BlobCreate, StorageOperation.BlobAppend, StorageOperation.BlobSeal }.Select(StorageMeter.NameOf));
}
