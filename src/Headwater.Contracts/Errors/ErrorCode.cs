namespace Headwater.Contracts.Errors;

/// <summary>Every reason for which a request fails. A code's wire name is its name in snake_case; the meaning of a code never changes.</summary>
public enum ErrorCode
{
    /// <summary>404: no queued batch has this id, or its outcome is older than the 7 days for which outcomes are kept.</summary>
    AppendNotFound,

    /// <summary>
    /// 422: some partitions stored their events, and another will never take its share of this request. Facts: <see cref="AppendPartialFacts"/>.
    /// </summary>
    AppendIncomplete,

    /// <summary>503, retryable: some partitions stored their events and others did not. Facts: <see cref="AppendPartialFacts"/>.</summary>
    AppendPartial,

    /// <summary>503, retryable: storage gave no clear answer, so events may be stored. A repeat is safe with the same idempotency key or sequence.</summary>
    AppendUnknown,

    /// <summary>413: the body exceeds its limit, as sent or decompressed. Facts: <see cref="LimitFacts"/>.</summary>
    BodyTooLarge,

    /// <summary>409: a commit is below the committed offset. Only a reset moves an offset back. Facts: <see cref="CommittedFacts"/>.</summary>
    CommitBehind,

    /// <summary>500: stored data failed a check. The partition is not served until the data is repaired.</summary>
    CorruptSegment,

    /// <summary>400: the append contains no event.</summary>
    EmptyBatch,

    /// <summary>
    /// 409: the partition may have forgotten what this epoch of the producer appended, so it cannot tell a repeat from a new request. Start a new epoch after
    /// <c>Retry-After</c>. Facts: <see cref="ProducerPartitionFacts"/>.
    /// </summary>
    EpochForgotten,

    /// <summary>422: at least one event breaks the schema or a limit. Facts: <see cref="EventFaultsFacts"/>.</summary>
    EventInvalid,

    /// <summary>413: an event exceeds its limit. Facts: <see cref="EventIndexFacts"/>.</summary>
    EventTooLarge,

    /// <summary>403: the caller lacks the permission that the route requires.</summary>
    Forbidden,

    /// <summary>409: a reset or deletion without force found live members. Facts: <see cref="GroupActiveFacts"/>.</summary>
    GroupActive,

    /// <summary>409, retryable: concurrent requests kept changing the group.</summary>
    GroupChanged,

    /// <summary>409, retryable: the group has as many members as its stream allows.</summary>
    GroupFull,

    /// <summary>404: the stream has no such consumer group.</summary>
    GroupNotFound,

    /// <summary>422: the idempotency key was used for other events.</summary>
    IdempotencyKeyReused,

    /// <summary>403: the stream does not accept events from queue <c>inbox</c>. Only the reason of a poisoned message, never the answer to a request.</summary>
    InboxClosed,

    /// <summary>500: a defect. The log of the process has the details. For an append, it is unknown whether events were stored.</summary>
    Internal,

    /// <summary>400: the name of a stream, group, member or producer breaks the naming rules.</summary>
    InvalidName,

    /// <summary>400: a query parameter, header or setting has an invalid value. Facts: <see cref="ParameterFacts"/> or <see cref="BodyFaultsFacts"/>.</summary>
    InvalidParameter,

    /// <summary>
    /// 409: a queued batch is older than the request keys that the partition remembers, and compaction or retention has removed what would show whether it was
    /// appended. Only the reason of a poisoned message, never the answer to a request.
    /// </summary>
    KeyForgotten,

    /// <summary>400: the body, or the request itself, cannot be parsed.</summary>
    MalformedBody,

    /// <summary>409: the member's session is over, it left, or another process joined under its id. Facts: <see cref="GenerationFacts"/>.</summary>
    MemberExpired,

    /// <summary>405: the path exists for other methods. The header <c>Allow</c> names them.</summary>
    MethodNotAllowed,

    /// <summary>406: no media type of <c>Accept</c> is available. Facts: <see cref="OfferedFacts"/>.</summary>
    NotAcceptable,

    /// <summary>410: the offset is below the log start; retention deleted the event. Facts: <see cref="LogStartFacts"/>.</summary>
    OffsetBelowStart,

    /// <summary>416: the offset of a read or a commit is beyond the log end. Facts: <see cref="LogEndFacts"/> or <see cref="PartitionEndFacts"/>.</summary>
    OffsetBeyondEnd,

    /// <summary>412: <c>If-Offset</c> is not the log end offset. Facts: <see cref="LogEndFacts"/>.</summary>
    OffsetMismatch,

    /// <summary>429, retryable: a limit on memory in use is reached. Nothing was stored.</summary>
    Overloaded,

    /// <summary>409: a live member owns the partition, so a commit by anyone else is rejected. Facts: <see cref="PartitionsFacts"/>.</summary>
    PartitionHeld,

    /// <summary>409: the member does not own the partition at the generation it sent. Facts: <see cref="PartitionsFacts"/>.</summary>
    PartitionLost,

    /// <summary>404: the stream has no such partition. Facts: <see cref="PartitionCountFacts"/>.</summary>
    PartitionNotFound,

    /// <summary>412: <c>If-Match</c> or <c>If-None-Match</c> of a write does not hold. Nothing was changed.</summary>
    PreconditionFailed,

    /// <summary>409: the producer's epoch was never started.</summary>
    ProducerNotStarted,

    /// <summary>400: the name begins with <c>headwater.</c>.</summary>
    ReservedName,

    /// <summary>404: no route has this path.</summary>
    RouteNotFound,

    /// <summary>422: the schema of a new stream cannot be used.</summary>
    SchemaInvalid,

    /// <summary>409: an earlier sequence number of the producer is missing. Facts: <see cref="SequenceGapFacts"/>.</summary>
    SequenceGap,

    /// <summary>422: the producer used the sequence for other events. Facts: <see cref="SequenceReusedFacts"/>.</summary>
    SequenceReused,

    /// <summary>409: the service has as many streams or partitions as its operator allows.</summary>
    ServiceFull,

    /// <summary>403: a newer epoch of this producer has started. Facts: <see cref="StaleEpochFacts"/>.</summary>
    StaleEpoch,

    /// <summary>503, retryable: storage failed or throttled the request. Nothing was stored.</summary>
    StorageUnavailable,

    /// <summary>409, retryable: the stream was changed, trimmed or recreated during the request.</summary>
    StreamChanged,

    /// <summary>409, retryable: a stream of this name is being deleted.</summary>
    StreamDeleting,

    /// <summary>409: a stream of this name exists with other settings.</summary>
    StreamDiffers,

    /// <summary>404: no stream has this name.</summary>
    StreamNotFound,

    /// <summary>
    /// 409: the request names a stream by its id, and another stream has the name by now: the stream was deleted and created again. Facts:
    /// <see cref="StreamIdFacts"/>.
    /// </summary>
    StreamReplaced,

    /// <summary>413: the append has more events than the limit.</summary>
    TooManyEvents,

    /// <summary>400: the body has a member that is not documented. Facts: <see cref="BodyFaultsFacts"/>.</summary>
    UnknownMember,

    /// <summary>415: the route does not accept this content type, charset, content encoding or Avro codec. Facts: those accepted.</summary>
    UnsupportedMediaType,

    /// <summary>422: the event's key belongs to another partition than the one addressed.</summary>
    WrongPartition,
}

/// <summary>Whether anything of the request was stored.</summary>
public enum Appended
{
    /// <summary>No event of the request was stored.</summary>
    No,

    /// <summary>Some partitions stored their events of the request.</summary>
    Partial,

    /// <summary>Events of the request may have been stored.</summary>
    Unknown,
}
