namespace Headwater.Contracts.Headers;

/// <summary>Headers of requests and answers that are the API's own.</summary>
public static class HeaderNames
{
    /// <summary>Request: a repeat with the same key and events is answered as the first one was, and stores nothing twice.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Request: the sequenced producer. It goes with <see cref="ProducerEpoch"/> and <see cref="ProducerSequence"/>.</summary>
    public const string ProducerId = "Producer-Id";

    /// <summary>Request: the producer's epoch.</summary>
    public const string ProducerEpoch = "Producer-Epoch";

    /// <summary>Request: the sequence number of the request.</summary>
    public const string ProducerSequence = "Producer-Sequence";

    /// <summary>Request: append only if this is the log end offset of the one partition touched.</summary>
    public const string IfOffset = "If-Offset";

    /// <summary>Request: <c>return=representation</c> or <c>respond-async</c>.</summary>
    public const string Prefer = "Prefer";

    /// <summary>Answer: the preference that was followed.</summary>
    public const string PreferenceApplied = "Preference-Applied";

    /// <summary>Answer: <c>true</c> if an earlier, equal request had stored the events.</summary>
    public const string IdempotentReplay = "Idempotent-Replay";

    /// <summary>Answer: where the next read begins.</summary>
    public const string NextOffset = "Next-Offset";

    /// <summary>Answer: the first offset that can be read.</summary>
    public const string LogStartOffset = "Log-Start-Offset";

    /// <summary>Answer: the next offset to be assigned.</summary>
    public const string LogEndOffset = "Log-End-Offset";

    /// <summary>Answer: the offset of the first event of an Avro file.</summary>
    public const string FirstOffset = "First-Offset";

    /// <summary>Request: the function key, when the API runs on Azure Functions.</summary>
    public const string FunctionKey = "x-functions-key";
}
