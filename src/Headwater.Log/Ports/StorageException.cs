namespace Headwater.Log.Ports;

/// <summary>Every way in which a storage call can fail. Each port translates its service's errors to these.</summary>
public enum StorageFault
{
    /// <summary>Timeout, dropped connection, 5xx or 409 "modified while being read": the call may have been applied.</summary>
    Unavailable,

    /// <summary>429, or 503 with a request to slow down: the call may have been applied.</summary>
    Throttled,

    /// <summary>The app's identity lacks the permission, or no token could be obtained.</summary>
    Denied,

    /// <summary>The account, container, table or queue does not exist, or is being deleted.</summary>
    NotProvisioned,

    /// <summary>The service rejected the call as invalid: a defect in this code or an incompatible service.</summary>
    Rejected,
}

/// <summary>A storage call failed.</summary>
/// <param name="fault">How it failed.</param>
/// <param name="message">Names the operation and the blob or row, never a secret.</param>
/// <param name="inner">The exception of the service's client library, if there is one.</param>
public sealed class StorageException(StorageFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How the call failed, which tells whether it may have been applied and whether a retry can help.</summary>
    public StorageFault Fault { get; } = fault;

    /// <summary>The wait that the service asked for before a retry; null if it asked for none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the operator has to change, as a whole sentence that names the role or the setting; null if only waiting helps.</summary>
    public string? Remedy { get; init; }
}
