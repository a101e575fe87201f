using Azure;
using Headwater.Log.Ports;

namespace Headwater.Storage.Azure.Errors;

/// <summary>The meaning of an error, as the adapters distinguish it.</summary>
internal enum AzureErrorKind
{
    /// <summary>A blob or row with that name exists.</summary>
    Exists,

    /// <summary>The blob or row does not exist.</summary>
    Missing,

    /// <summary>The container, table or queue does not exist.</summary>
    HomeMissing,

    /// <summary>An ETag condition was not met.</summary>
    ConditionNotMet,

    /// <summary>A block named in a commit is not staged.</summary>
    BlockMissing,

    /// <summary>The append blob does not end at the position in the condition.</summary>
    PositionTaken,

    /// <summary>The append blob is sealed.</summary>
    Sealed,

    /// <summary>The append blob has reached its limit of blocks or bytes.</summary>
    Full,

    /// <summary>The requested range begins at or past the end.</summary>
    PastEnd,

    /// <summary>The call may have been applied: a timeout, a dropped connection, 5xx, or an unknown 409.</summary>
    Unavailable,

    /// <summary>No connection was established, so the call was not sent.</summary>
    Unreachable,

    /// <summary>The service asks the caller to wait. The call may have been applied.</summary>
    Throttled,

    /// <summary>The identity lacks the right, or no token could be obtained.</summary>
    Denied,

    /// <summary>The container, table or queue is being deleted or disabled.</summary>
    NotProvisioned,

    /// <summary>The service rejects the call for another reason.</summary>
    Rejected,
}

/// <summary>An error of a storage call.</summary>
/// <param name="Kind">The meaning.</param>
/// <param name="Reason">Status and error code, or the message of the exception. Never contains a secret.</param>
/// <param name="RetryAfter">The wait that the service asks for.</param>
/// <param name="Date">The service's clock; null without a response.</param>
/// <param name="Source">The exception of the SDK.</param>
internal sealed record AzureError(AzureErrorKind Kind, string Reason, TimeSpan? RetryAfter, DateTimeOffset? Date, Exception Source)
{
    /// <summary>The service's error code; null if it answered with none, or not at all.</summary>
    public string? Code { get; init; }

    /// <summary>How the app gets access to the service; null until the caller adds it.</summary>
    public StorageAccess? Access { get; init; }

    /// <summary>
    /// Whether the service fails or denies, unlike a refusal that depends on what is stored. A 409 is such a refusal even if it leaves the outcome open.
    /// </summary>
    public bool IsOutage =>
        Kind is AzureErrorKind.Denied or AzureErrorKind.NotProvisioned || (IsPassing && Source is not RequestFailedException { Status: 409 });

    /// <summary>Whether a retry of a read may succeed.</summary>
    public bool IsPassing => Kind is AzureErrorKind.Unavailable or AzureErrorKind.Unreachable or AzureErrorKind.Throttled;

    /// <summary>The error of a read whose caller set no condition: a failed condition means that the answer was lost.</summary>
    public AzureError OfUnconditionalRead() => Kind is AzureErrorKind.ConditionNotMet ? this with { Kind = AzureErrorKind.Unavailable } : this;

    public StorageException ToException(string operation, string subject) =>
        new(Fault, $"{operation} '{subject}' failed: {Reason}.", Source)
        {
            RetryAfter = RetryAfter,
            Remedy = Kind is AzureErrorKind.Denied ? Access?.RemedyFor(Code) : null,
        };

    /// <summary>The fault to report if the operation has no result for this kind of error.</summary>
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
