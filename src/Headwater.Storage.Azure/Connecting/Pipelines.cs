using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Headwater.Storage.Azure.Metering;

namespace Headwater.Storage.Azure.Connecting;

/// <summary>
/// Builds the SDK's client options. The SDK neither retries nor times out: the callers of the clients decide both, on the clock
/// that the storage account is opened with.
/// </summary>
internal static class Pipelines
{
    // The newest version that both the packages and Azurite support. The packages default to a newer one, which Azurite answers with 400.
    private const BlobClientOptions.ServiceVersion BlobVersion = BlobClientOptions.ServiceVersion.V2026_06_06;
    private const QueueClientOptions.ServiceVersion QueueVersion = QueueClientOptions.ServiceVersion.V2026_06_06;

    public static BlobClientOptions ForBlobs(AzurePipelines pipelines, StorageMeter meter)
    {
        BlobClientOptions options = Prepared(new BlobClientOptions(BlobVersion), pipelines, pipelines.Blobs, new MeterPolicy(meter, BlobOperations.Kind));

        // The log has its own checksums. Azurite does not support the structured-message format of transfer validation and stores it as content.
        options.TransferValidation.Upload.ChecksumAlgorithm = StorageChecksumAlgorithm.None;
        options.TransferValidation.Download.ChecksumAlgorithm = StorageChecksumAlgorithm.None;
        return options;
    }

    public static TableClientOptions ForTables(AzurePipelines pipelines, StorageMeter meter) =>
        Prepared(new TableClientOptions(), pipelines, pipelines.Tables, new MeterPolicy(meter, TableOperations.Kind));

    public static QueueClientOptions ForQueues(AzurePipelines pipelines, StorageMeter meter) =>
        Prepared(new QueueClientOptions(QueueVersion), pipelines, pipelines.Queues, new MeterPolicy(meter, QueueOperations.Kind));

    private static TOptions Prepared<TOptions>(TOptions options, AzurePipelines pipelines, IReadOnlyList<HttpPipelinePolicy> extra, MeterPolicy meter)
        where TOptions : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = Timeout.InfiniteTimeSpan;
        options.AddPolicy(meter, HttpPipelinePosition.PerRetry);
        foreach (HttpPipelinePolicy policy in extra)
        {
            options.AddPolicy(policy, HttpPipelinePosition.BeforeTransport);
        }

        if (pipelines.Transport is { } transport)
        {
            options.Transport = transport;
        }

        return options;
    }
}
