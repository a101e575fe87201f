namespace Headwater.Contracts.Errors;

/// <summary>Everything that can be answered instead of what was asked. Wire names are the snake_case of these; they never change meaning.</summary>
public enum ErrorCode
{
    AppendNotFound,
    AppendPartial,
    AppendUnknown,
    BodyTooLarge,
    CommitBehind,
    CorruptSegment,
    EmptyBatch,
    EventInvalid,
    EventTooLarge,
    Forbidden,
    GroupActive,
    GroupChanged,
    GroupNotFound,
    IdempotencyKeyReused,
    InboxClosed,
    Internal,
    InvalidName,
    InvalidParameter,
    MalformedBody,
    MemberExpired,
    MethodNotAllowed,
    NotAcceptable,
    OffsetBelowStart,
    OffsetBeyondEnd,
    OffsetMismatch,
    Overloaded,
    PartitionHeld,
    PartitionLost,
    PartitionNotFound,
    PreconditionFailed,
    ProducerNotStarted,
    ReservedName,
    RouteNotFound,
    SchemaInvalid,
    SequenceGap,
    StaleEpoch,
    StorageUnavailable,
    StreamChanged,
    StreamDeleting,
    StreamDiffers,
    StreamNotFound,
    TooManyEvents,
    UnknownMember,
    UnsupportedMediaType,
    WrongPartition,
}

/// <summary>Whether anything of the request was stored.</summary>
public enum Appended
{
    No,
    Partial,
    Unknown,
}
