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

    /// <summary>Poisoned messages were put back on their queues.</summary>
    [LoggerMessage(1104, LogLevel.Information, "Put {Count} poisoned messages back on their queues", EventName = "Redriven")]
    public static partial void Redriven(this ILogger logger, int count);
}
