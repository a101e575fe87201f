namespace Headwater.Contracts.Headers;

/// <summary>The API's own headers.</summary>
public static class HeaderNames
{
    /// <summary>Request, append: 1 to 255 characters. A repeat with the same key and events gets the first answer and stores nothing twice.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Request, append: the sequenced producer. Send it together with <see cref="ProducerEpoch"/> and <see cref="ProducerSequence"/>.</summary>
    public const string ProducerId = "Producer-Id";

    /// <summary>Request, append: the producer's epoch, from 1.</summary>
    public const string ProducerEpoch = "Producer-Epoch";

    /// <summary>Request, append: the request's sequence number, from 0. It counts requests, not events.</summary>
    public const string ProducerSequence = "Producer-Sequence";

    /// <summary>Request, append: appends only if this is the log end offset of the one partition that the request touches.</summary>
    public const string IfOffset = "If-Offset";

    /// <summary>Request, append: <c>return=representation</c> to get every event's offset, <c>respond-async</c> to queue the events.</summary>
    public const string Prefer = "Prefer";

    /// <summary>Answer to an append: the preference that was followed.</summary>
    public const string PreferenceApplied = "Preference-Applied";

    /// <summary>Answer to an append: <c>true</c> if an earlier, equal request had stored the events; otherwise absent.</summary>
    public const string IdempotentReplay = "Idempotent-Replay";

    /// <summary>Answer to a read: the offset at which the next read starts.</summary>
    public const string NextOffset = "Next-Offset";

    /// <summary>Answer to a read: the first offset that can be read.</summary>
    public const string LogStartOffset = "Log-Start-Offset";

    /// <summary>Answer to a read: the next offset to be assigned.</summary>
    public const string LogEndOffset = "Log-End-Offset";

    /// <summary>Answer to a read as Avro: the offset of the file's first event, which may be below the requested offset.</summary>
    public const string FirstOffset = "First-Offset";

    /// <summary>
    /// Answer to a read or an append: the stream's id. Request, read or append: the request is refused if the stream of this name has another id by now.
    /// </summary>
    public const string StreamId = "Stream-Id";

    /// <summary>Answer to a read of several partitions: the cursor with which the next read begins.</summary>
    public const string NextCursor = "Next-Cursor";

    /// <summary>Any request: the function key, if the API runs on Azure Functions.</summary>
    public const string FunctionKey = "x-functions-key";
}
