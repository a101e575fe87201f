using Headwater.Contracts.Errors;
using Headwater.Log.Append;
using Headwater.Log.Ports;
using static Headwater.Contracts.Errors.ErrorCode;

namespace Headwater.Queues.Messages;

/// <summary>What happens to a message after an error.</summary>
public enum MessageDisposition
{
    /// <summary>Given up: retrying cannot help, or only after an operator fixes the cause.</summary>
    Poison,

    /// <summary>Waits for its predecessors in the producer's sequence.</summary>
    AwaitTurn,

    /// <summary>Waits for storage or for this process to recover; the message itself is valid.</summary>
    AwaitStorage,

    /// <summary>The error is a defect of this app: the attempt counts as failed.</summary>
    Fail,
}

/// <summary>Maps errors to dispositions.</summary>
public static class MessageDispositions
{
    /// <summary>The disposition of each error code. There is no default arm, so a new code does not compile until it is listed here.</summary>
    public static MessageDisposition Of(ErrorCode code) => code switch
    {
        SequenceGap => MessageDisposition.AwaitTurn,
        AppendPartial or AppendUnknown or GroupChanged or GroupFull or Overloaded or StorageUnavailable or StreamChanged
            or StreamDeleting => MessageDisposition.AwaitStorage,

        // Errors of consumer groups and of creating streams: appends never return them.
        CommitBehind or GroupActive or GroupNotFound or Internal or MemberExpired or PartitionHeld or PartitionLost or ServiceFull =>
            MessageDisposition.Fail,
        AppendIncomplete or AppendNotFound or BodyTooLarge or CorruptSegment or EmptyBatch or EpochForgotten or EventInvalid or EventTooLarge
            or Forbidden or IdempotencyKeyReused
            or InboxClosed or InvalidName or KeyForgotten
            or InvalidParameter or MalformedBody or MethodNotAllowed or NotAcceptable or OffsetBelowStart or OffsetBeyondEnd or OffsetMismatch
            or PartitionNotFound
            or PreconditionFailed or ProducerNotStarted or ReservedName or RouteNotFound or SchemaInvalid
            or SequenceReused or StaleEpoch or StreamDiffers or StreamNotFound
            or StreamReplaced or TooManyEvents or UnknownMember
            or UnsupportedMediaType or WrongPartition => MessageDisposition.Poison,
    };

    /// <summary>
    /// Whether an exception is a storage failure that passes with time or that an operator can fix. Such a failure never counts against the message.
    /// </summary>
    public static bool IsOutage(Exception exception) =>
        exception is StorageException { Fault: StorageFault.Unavailable or StorageFault.Throttled or StorageFault.Denied or StorageFault.NotProvisioned };

    /// <summary>Selects the error that decides when several partitions failed: an error that cannot be retried outranks one that can.</summary>
    public static HeadwaterException Worst(AppendOutcome outcome) =>
        outcome.Failed.Select(f => f.Error).MinBy(e => Of(e.Code))!;
}
