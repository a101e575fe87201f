using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Blobs;
using Headwater.Storage.Azure.Calling;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Errors;
using Headwater.Storage.Azure.Metering;
using Headwater.Storage.Azure.Queues;
using Headwater.Storage.Azure.Tables;

namespace Headwater.Storage.Azure;

/// <summary>
/// One storage account, which opens the ports for blobs, tables and queues. Construction and opening a port make no storage call.
/// Thread-safe.
/// </summary>
public sealed class AzureStorage
{
    private readonly BlobServiceClient _blobs;
    private readonly TableServiceClient _tables;
    private readonly QueueServiceClient _queues;
    private readonly string? _keySetting;
    private readonly AzureStorageOptions _options;
    private readonly TimeProvider _time;

    /// <param name="options">The account, the identity, timeouts and retries.</param>
    /// <param name="meter">Counts the calls of all ports.</param>
    /// <param name="time">The clock of timeouts, pauses and signed URLs.</param>
    /// <exception cref="ArgumentException">The options are incomplete or contradictory.</exception>
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

        _keySetting = address.ConnectionString is null ? null : options.ConnectionSetting;
        _options = options;
        _time = time;
    }

    /// <summary>Opens the blobs of one container. Unless <see cref="AzureStorageOptions.Provisioned"/>, the first write creates the container.</summary>
    public IBlobs OpenBlobs(string container)
    {
        BlobContainerClient client = _blobs.GetBlobContainerClient(container);
        BlobSigning signing = new(_blobs, client, Calls("blobs", "Storage Blob Delegator"), _time);
        return new AzureBlobs(client, signing, Calls("blobs", "Storage Blob Data Contributor"), _options.Provisioned);
    }

    /// <summary>Opens the account's tables. Unless <see cref="AzureStorageOptions.Provisioned"/>, the first write to a table creates it.</summary>
    /// <param name="prefix">The prefix of every table name, so that several logs can share an account: letters and digits, first a letter.</param>
    public ITables OpenTables(string prefix = "") =>
        new AzureTables(_tables, prefix, Calls("tables", "Storage Table Data Contributor"), _options.Provisioned);

    /// <summary>Opens the account's queues. Unless <see cref="AzureStorageOptions.Provisioned"/>, the first message to a queue creates it.</summary>
    /// <param name="prefix">The prefix of every queue name: lower-case letters and digits.</param>
    public IQueues OpenQueues(string prefix = "") =>
        new AzureQueues(_queues, prefix, Calls("queues", "Storage Queue Data Contributor"), _options.Provisioned);

    private AzureCalls Calls(string service, string role) => new(_options, _time, new StorageAccess(service, role, _keySetting));
}
