using Microsoft.Extensions.Logging;

namespace Headwater.Queues.Handling;

/// <summary>What the queue path tells the log, by number. Nothing of an event is ever written.</summary>
public static partial class QueueLog
{
    [LoggerMessage(1101, LogLevel.Warning, "A message of queue {Queue} was given up: {Code}. It is {Reference} at GET /appends/poison", EventName = "Poisoned")]
    public static partial void Poisoned(this ILogger logger, string queue, string reference, string code);

    [LoggerMessage(1102, LogLevel.Debug, "Batch {Id} waits {Delay} (try {Attempt}): {Code}", EventName = "Waiting")]
    public static partial void Waiting(this ILogger logger, string id, TimeSpan delay, int attempt, string code);

    [LoggerMessage(1103, LogLevel.Error, "A message of queue {Queue} failed for a reason not foreseen (try {DequeueCount})", EventName = "MessageFailed")]
    public static partial void MessageFailed(this ILogger logger, string queue, long dequeueCount, Exception exception);

    [LoggerMessage(1104, LogLevel.Information, "Put {Count} poisoned messages back on their queues", EventName = "Redriven")]
    public static partial void Redriven(this ILogger logger, int count);
}
