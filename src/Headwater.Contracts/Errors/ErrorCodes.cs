using static Headwater.Contracts.Errors.ErrorCode;

namespace Headwater.Contracts.Errors;

/// <summary>
/// The HTTP status of every code, whether to retry, and whether anything was stored. The switches have no default arm, so a new code does not compile until
/// it has all three.
/// </summary>
public static class ErrorCodes
{
    /// <summary>The HTTP status of the answer: 400 to 503.</summary>
    public static int Status(this ErrorCode code) => code switch
    {
        EmptyBatch or InvalidName or InvalidParameter or MalformedBody or ReservedName or UnknownMember => 400,
        Forbidden or InboxClosed or StaleEpoch => 403,
        AppendNotFound or GroupNotFound or PartitionNotFound or RouteNotFound or StreamNotFound => 404,
        MethodNotAllowed => 405,
        NotAcceptable => 406,
        CommitBehind or GroupActive or GroupChanged or GroupFull or MemberExpired or PartitionHeld or PartitionLost or ProducerNotStarted or SequenceGap
            or ServiceFull or StreamChanged or StreamDeleting or StreamDiffers or StreamReplaced
            or EpochForgotten or KeyForgotten => 409,
        OffsetBelowStart => 410,
        OffsetMismatch or PreconditionFailed => 412,
        BodyTooLarge or EventTooLarge or TooManyEvents => 413,
        UnsupportedMediaType => 415,
        OffsetBeyondEnd => 416,
        AppendIncomplete or EventInvalid or IdempotencyKeyReused or SchemaInvalid or SequenceReused or WrongPartition => 422,
        Overloaded => 429,
        CorruptSegment or Internal => 500,
        AppendPartial or AppendUnknown or StorageUnavailable => 503,
    };

    /// <summary>True if the same request may succeed later, unchanged.</summary>
    public static bool IsRetryable(this ErrorCode code) => code switch
    {
        AppendPartial or AppendUnknown or GroupChanged or GroupFull or Overloaded or StorageUnavailable or StreamChanged or StreamDeleting => true,
        AppendIncomplete or AppendNotFound or BodyTooLarge or CommitBehind or CorruptSegment or EmptyBatch or EventInvalid or EventTooLarge or Forbidden
            or GroupActive or GroupNotFound or IdempotencyKeyReused or InboxClosed or Internal or InvalidName or InvalidParameter or MalformedBody
            or MemberExpired or MethodNotAllowed or NotAcceptable or OffsetBelowStart or OffsetBeyondEnd or OffsetMismatch or PartitionHeld or PartitionLost
            or PartitionNotFound or PreconditionFailed or ProducerNotStarted or ReservedName or RouteNotFound or SchemaInvalid or SequenceGap or ServiceFull
            or StaleEpoch or StreamDiffers or StreamNotFound or StreamReplaced or TooManyEvents or UnknownMember or UnsupportedMediaType
            or WrongPartition or EpochForgotten or KeyForgotten or SequenceReused => false,
    };

    /// <summary>Whether a request answered so has stored any event.</summary>
    public static Appended Appended(this ErrorCode code) => code switch
    {
        AppendIncomplete or AppendPartial => Errors.Appended.Partial,
        AppendUnknown or Internal => Errors.Appended.Unknown,
        AppendNotFound or BodyTooLarge or CommitBehind or CorruptSegment or EmptyBatch or EventInvalid or EventTooLarge or Forbidden or GroupActive
            or GroupChanged or GroupFull or GroupNotFound or IdempotencyKeyReused or InboxClosed or InvalidName or InvalidParameter or MalformedBody
            or MemberExpired or MethodNotAllowed or NotAcceptable or OffsetBelowStart or OffsetBeyondEnd or OffsetMismatch or Overloaded or PartitionHeld
            or PartitionLost or PartitionNotFound or PreconditionFailed or ProducerNotStarted or ReservedName or RouteNotFound or SchemaInvalid or SequenceGap
            or ServiceFull or StaleEpoch or StorageUnavailable or StreamChanged or StreamDeleting or StreamDiffers or StreamNotFound or TooManyEvents
            or UnknownMember or StreamReplaced or UnsupportedMediaType
            or WrongPartition or EpochForgotten or KeyForgotten or SequenceReused => Errors.Appended.No,
    };
}
