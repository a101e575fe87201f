using Headwater.Storage.Azure.Metering;


namespace Headwater.LocalHost.Demo;

/// <summary>
/// The prices of storage calls. The category of each call follows
/// https://learn.microsoft.com/azure/storage/blobs/map-rest-apis-transaction-categories (standard general-purpose v2).
/// </summary>
internal static class PriceList
{
    public const string Name = "Azure list prices, about US East, hot tier, LRS, USD, 2026; assumed; look up the prices of your region";

    /// <summary>The price of storing 1 GB for a month.</summary>
    public const decimal Gigabyte = 0.018m;

    private const decimal Write = 0.05m / 10_000;
    private const decimal Read = 0.004m / 10_000;
    private const decimal Table = 0.00036m / 10_000;
    private const decimal Queue = 0.004m / 10_000;

    /// <summary>The price of one call. A call with a failed condition costs the same.</summary>
    public static decimal Of(StorageOperation operation) => operation switch
    {
        StorageOperation.BlobCreate or StorageOperation.BlobAppend or StorageOperation.BlobSeal or StorageOperation.BlobPut
            or StorageOperation.BlobList or StorageOperation.ContainerCreate => Write,
        StorageOperation.BlobGet or StorageOperation.BlobHead or StorageOperation.BlobKey or StorageOperation.BlobOther => Read,
        StorageOperation.BlobDelete => 0,
        StorageOperation.TableRead or StorageOperation.TableWrite or StorageOperation.TableCreate or StorageOperation.TableOther => Table,
        StorageOperation.QueuePut or StorageOperation.QueueGet or StorageOperation.QueuePeek or StorageOperation.QueueUpdate
            or StorageOperation.QueueDelete or StorageOperation.QueueCreate or StorageOperation.QueueOther => Queue,
    };
}
