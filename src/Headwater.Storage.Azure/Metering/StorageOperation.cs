namespace Headwater.Storage.Azure.Metering;

/// <summary>The kinds of storage calls, distinguished by price and use. Metrics name them in kebab case.</summary>
public enum StorageOperation
{
    /// <summary>An append blob created.</summary>
    BlobCreate,

    /// <summary>A block appended (AppendBlock).</summary>
    BlobAppend,

    /// <summary>An append blob sealed.</summary>
    BlobSeal,

    /// <summary>A block blob written, whole or as a block.</summary>
    BlobPut,

    /// <summary>A blob or a range of it read.</summary>
    BlobGet,

    /// <summary>A blob's properties read.</summary>
    BlobHead,

    /// <summary>One page of a listing.</summary>
    BlobList,

    /// <summary>A blob deleted.</summary>
    BlobDelete,

    /// <summary>A user-delegation key requested.</summary>
    BlobKey,

    /// <summary>A container created.</summary>
    ContainerCreate,

    /// <summary>Any other blob call.</summary>
    BlobOther,

    /// <summary>A row or one page of a query read.</summary>
    TableRead,

    /// <summary>A row written, or a transaction, which is billed as one call.</summary>
    TableWrite,

    /// <summary>A table created.</summary>
    TableCreate,

    /// <summary>Any other table call.</summary>
    TableOther,

    /// <summary>A message sent.</summary>
    QueuePut,

    /// <summary>Messages received.</summary>
    QueueGet,

    /// <summary>Messages peeked at.</summary>
    QueuePeek,

    /// <summary>A message's visibility extended.</summary>
    QueueUpdate,

    /// <summary>A message deleted.</summary>
    QueueDelete,

    /// <summary>A queue created.</summary>
    QueueCreate,

    /// <summary>Any other queue call.</summary>
    QueueOther,
}
