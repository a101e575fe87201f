namespace Headwater.Storage.Azure.Metering;

/// <summary>Kinds of storage calls that are priced apart or worth telling apart. Names in metrics are these in kebab case.</summary>
public enum StorageOperation
{
    /// <summary>An append blob made.</summary>
    BlobCreate,
    BlobAppend,
    BlobSeal,

    /// <summary>A block blob written, whole or by block.</summary>
    BlobPut,
    BlobGet,

    /// <summary>A blob's state without its bytes.</summary>
    BlobHead,
    BlobList,
    BlobDelete,

    /// <summary>A delegation key for signing URLs.</summary>
    BlobKey,
    ContainerCreate,
    BlobOther,

    TableRead,

    /// <summary>A transaction counts once, as it is billed.</summary>
    TableWrite,
    TableCreate,
    TableOther,

    QueuePut,
    QueueGet,
    QueuePeek,
    QueueUpdate,
    QueueDelete,
    QueueCreate,
    QueueOther,
}
