using Headwater.Contracts.Errors;
using Headwater.Log.Appending;
using Headwater.Log.Ports;
using static Headwater.Contracts.Errors.ErrorCode;

namespace Headwater.Queues.Messages;

/// <summary>What follows from an answer of the log for a message.</summary>
public enum Verdict
{
    /// <summary>Nothing of it will ever do, or not before somebody mends something.</summary>
    Poison,

    /// <summary>It came before its turn.</summary>
    AwaitTurn,

    /// <summary>Storage or this process cannot now; nothing is wrong with the message.</summary>
    AwaitStorage,

    /// <summary>A defect here: counts as a failure of the message.</summary>
    Fail,
}

public static class Verdicts
{
    /// <summary>No default arm: a new code does not compile until it has been judged.</summary>
    public static Verdict Of(ErrorCode code) => code switch
    {
        SequenceGap => Verdict.AwaitTurn,
        AppendPartial or AppendUnknown or GroupChanged or Overloaded or StorageUnavailable or StreamChanged or StreamDeleting => Verdict.AwaitStorage,
        CommitBehind or GroupActive or GroupNotFound or Internal or MemberExpired or PartitionHeld or PartitionLost => Verdict.Fail, // Of groups: no append is answered so.
        AppendNotFound or BodyTooLarge or CorruptSegment or EmptyBatch or EventInvalid or EventTooLarge or Forbidden or IdempotencyKeyReused or InboxClosed or InvalidName
            or InvalidParameter or MalformedBody or MethodNotAllowed or NotAcceptable or OffsetBelowStart or OffsetBeyondEnd or OffsetMismatch or PartitionNotFound
            or ProducerNotStarted or ReservedName or RouteNotFound or SchemaInvalid or StaleEpoch or StreamDiffers or StreamNotFound or TooManyEvents or UnknownMember
            or UnsupportedMediaType or WrongPartition => Verdict.Poison,
    };

    /// <summary>Storage itself, below the log: a fault that an operator or time mends is no fault of the message.</summary>
    public static bool IsOutage(Exception exception) =>
        exception is StorageException { Fault: StorageFault.Unavailable or StorageFault.Throttled or StorageFault.Denied or StorageFault.NotProvisioned };

    /// <summary>Of several partitions' failures the one that decides: what can never succeed outweighs what may.</summary>
    public static HeadwaterException Worst(AppendOutcome outcome) =>
        outcome.Failed.Select(f => f.Error).MinBy(e => Of(e.Code))!;
}
