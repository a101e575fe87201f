using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Blobs;
using Headwater.Storage.Azure.Calling;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using Headwater.Storage.Azure.Queues;
using Headwater.Storage.Azure.Tables;

namespace Headwater.Storage.Azure;

/// <summary>One storage account: where the ports onto blobs, tables and queues come from. Making it, and opening a port, costs no storage call.</summary>
public sealed class AzureStorage
{
    private readonly BlobServiceClient _blobs;
    private readonly TableServiceClient _tables;
    private readonly QueueServiceClient _queues;
    private readonly AzureCalls _calls;
    private readonly AzureStorageOptions _options;
    private readonly TimeProvider _time;

    /// <exception cref="ArgumentException">The options say too little or contradict each other.</exception>
    public AzureStorage(AzureStorageOptions options, StorageMeter meter, TimeProvider time)
    {
        StorageAddress address = StorageAddress.Of(options);
        BlobClientOptions blobs = Pipelines.ForBlobs(options.Pipelines, meter);
        TableClientOptions tables = Pipelines.ForTables(options.Pipelines, meter);
        QueueClientOptions queues = Pipelines.ForQueues(options.Pipelines, meter);
        if (address.ConnectionString is { } connection)
        {
            _blobs = new BlobServiceClient(connection, blobs);
            _tables = new TableServiceClient(connection, tables);
            _queues = new QueueServiceClient(connection, queues);
        }
        else
        {
            _blobs = new BlobServiceClient(address.Blobs, address.Credential, blobs);
            _tables = new TableServiceClient(address.Tables, address.Credential, tables);
            _queues = new QueueServiceClient(address.Queues, address.Credential, queues);
        }

        _calls = new AzureCalls(options, time);
        _options = options;
        _time = time;
    }

    public IBlobs OpenBlobs(string container)
    {
        BlobContainerClient client = _blobs.GetBlobContainerClient(container);
        return new AzureBlobs(client, new BlobSigning(_blobs, client, _calls, _time), _calls, _options.Provisioned);
    }

    /// <param name="prefix">Put before every table's name, so that several logs can share an account; letters and digits, first a letter.</param>
    public ITables OpenTables(string prefix = "") => new AzureTables(_tables, prefix, _calls, _options.Provisioned);

    /// <param name="prefix">Put before every queue's name; lower-case letters and digits.</param>
    public IQueues OpenQueues(string prefix = "") => new AzureQueues(_queues, prefix, _calls, _options.Provisioned);
}
