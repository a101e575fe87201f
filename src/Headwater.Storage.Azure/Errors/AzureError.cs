using Headwater.Log.Ports;

namespace Headwater.Storage.Azure.Errors;

/// <summary>What the service meant, in the closed set the adapters decide by.</summary>
internal enum AzureErrorKind
{
    /// <summary>A blob or row of that name exists.</summary>
    Exists,

    /// <summary>No such blob or row.</summary>
    Missing,

    /// <summary>No such container or table.</summary>
    HomeMissing,

    /// <summary>An ETag condition did not hold.</summary>
    ConditionNotMet,

    /// <summary>A block named in a commit is not staged.</summary>
    BlockMissing,

    /// <summary>The append blob does not end at the position asked.</summary>
    PositionTaken,

    /// <summary>The append blob is sealed.</summary>
    Sealed,

    /// <summary>The append blob has all the blocks or bytes it may have.</summary>
    Full,

    /// <summary>The range asked begins at or past the end.</summary>
    PastEnd,

    /// <summary>The call may have been applied: timeout, drop, 5xx, an unexplained 409.</summary>
    Unavailable,

    /// <summary>No connection came about, so that the call was never sent.</summary>
    Unreachable,

    /// <summary>As unavailable, with a wish to wait.</summary>
    Throttled,

    Denied,

    NotProvisioned,

    Rejected,
}

/// <param name="Kind">What it means.</param>
/// <param name="Reason">Status and code, or the exception's message: never a secret.</param>
/// <param name="RetryAfter">What the service asked to wait.</param>
/// <param name="Date">The service's clock, if an answer came.</param>
/// <param name="Source">Where it came from.</param>
internal sealed record AzureError(AzureErrorKind Kind, string Reason, TimeSpan? RetryAfter, DateTimeOffset? Date, Exception Source)
{
    /// <summary>A read may work a moment later.</summary>
    public bool IsPassing => Kind is AzureErrorKind.Unavailable or AzureErrorKind.Unreachable or AzureErrorKind.Throttled;

    public StorageException ToException(string operation, string subject) =>
        new(Fault, $"{operation} '{subject}' failed: {Reason}.", Source) { RetryAfter = RetryAfter };

    /// <summary>The fault of a kind that its operation has no answer for.</summary>
    private StorageFault Fault => Kind switch
    {
        AzureErrorKind.Unavailable or AzureErrorKind.Unreachable => StorageFault.Unavailable,
        AzureErrorKind.Throttled => StorageFault.Throttled,
        AzureErrorKind.Denied => StorageFault.Denied,
        AzureErrorKind.NotProvisioned or AzureErrorKind.HomeMissing => StorageFault.NotProvisioned,
        AzureErrorKind.Rejected or AzureErrorKind.Exists or AzureErrorKind.Missing or AzureErrorKind.ConditionNotMet or AzureErrorKind.BlockMissing
            or AzureErrorKind.PositionTaken
            or AzureErrorKind.Sealed or AzureErrorKind.Full or AzureErrorKind.PastEnd => StorageFault.Rejected,
    };
}
