using Microsoft.Extensions.Logging;

namespace Headwater.Queues.Handling;

/// <summary>Log messages of the queue path, numbered from 1101. Contents of events are never logged.</summary>
public static partial class QueueLog
{
    /// <summary>A message was moved to a poison queue.</summary>
    [LoggerMessage(1101, LogLevel.Warning, "Gave up a message of queue {Queue}: {Code}. GET /appends/poison lists it as {Reference}", EventName = "Poisoned")]
    public static partial void Poisoned(this ILogger logger, string queue, string reference, string code);

    /// <summary>A batch was enqueued again with a delay.</summary>
    [LoggerMessage(1102, LogLevel.Debug, "Batch {Id} waits {Delay} after attempt {Attempt}: {Code}", EventName = "Waiting")]
    public static partial void Waiting(this ILogger logger, string id, TimeSpan delay, int attempt, string code);

    /// <summary>An attempt failed with an unexpected exception.</summary>
    [LoggerMessage(1103, LogLevel.Error, "Unexpected error while handling a message of queue {Queue}, attempt {DequeueCount}", EventName = "MessageFailed")]
    public static partial void MessageFailed(this ILogger logger, string queue, long dequeueCount, Exception exception);

    /// <summary>The status or blob of a waiting batch could not be written again.</summary>
    [LoggerMessage(1108, LogLevel.Warning, "Status or blob of waiting batch {Id} could not be renewed; the next wait renews them", EventName = "NotKept")]
    public static partial void NotKept(this ILogger logger, string id, Exception exception);

    /// <summary>A message's last attempt is made without a record for the case that the process ends in it.</summary>
    [LoggerMessage(
        1105,
        LogLevel.Warning,
        "The last attempt of a message of queue {Queue} could not be recorded beforehand",
        EventName = "LastAttemptNotRecorded")]
    public static partial void LastAttemptNotRecorded(this ILogger logger, string queue, Exception exception);

    /// <summary>A message was handled at its last attempt, but is still listed as given up.</summary>
    [LoggerMessage(
        1106,
        LogLevel.Warning,
        "Message {Reference} was handled at its last attempt but is still listed as poisoned; DELETE /appends/poison/{Reference} removes the entry",
        EventName = "LastAttemptNotTakenBack")]
    public static partial void LastAttemptNotTakenBack(this ILogger logger, string reference, Exception exception);

    /// <summary>A poisoned message was deleted.</summary>
    [LoggerMessage(1107, LogLevel.Information, "Discarded the poisoned message {Reference}", EventName = "Discarded")]
    public static partial void Discarded(this ILogger logger, string reference);

    /// <summary>Poisoned messages were put back on their queues.</summary>
    [LoggerMessage(1104, LogLevel.Information, "Put {Count} poisoned messages back on their queues", EventName = "Redriven")]
    public static partial void Redriven(this ILogger logger, int count);
}
