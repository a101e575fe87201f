namespace Headwater.Log.Ports;

/// <summary>The closed set of what can go wrong below the ports, translated where the call is made.</summary>
public enum StorageFault
{
    /// <summary>Timeout, dropped connection, 5xx or 409 "modified while being read": the call may have been applied.</summary>
    Unavailable,

    /// <summary>503 or 429 with a wish to wait: the call may have been applied.</summary>
    Throttled,

    /// <summary>The identity may not do this.</summary>
    Denied,

    /// <summary>The container, account or table is not there, or is being deleted.</summary>
    NotProvisioned,

    /// <summary>The service refused the call as wrong: a defect here or an incompatible service.</summary>
    Rejected,
}

/// <summary>A storage call failed. The message names the operation and the blob or row, never a secret.</summary>
public sealed class StorageException(StorageFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public StorageFault Fault { get; } = fault;

    /// <summary>What the service asked to wait, if it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
