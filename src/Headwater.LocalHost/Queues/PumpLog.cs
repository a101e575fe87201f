using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Queues;

internal static partial class PumpLog
{
    [LoggerMessage(3301, LogLevel.Warning, "Receiving from queue {Queue} failed; it is retried")]
    public static partial void QueueNotReceived(this ILogger logger, string queue, Exception exception);

    [LoggerMessage(3302, LogLevel.Warning, "Handling a message of queue {Queue} failed (attempt {DequeueCount})")]
    public static partial void MessageFailed(this ILogger logger, string queue, long dequeueCount, Exception exception);

    [LoggerMessage(3303, LogLevel.Error, "A message of queue {Queue} was moved to the poison queue after {DequeueCount} attempts")]
    public static partial void MessagePoisoned(this ILogger logger, string queue, long dequeueCount);

    [LoggerMessage(3304, LogLevel.Warning, "Completing a message of queue {Queue} failed; the queue delivers it again")]
    public static partial void MessageNotEnded(this ILogger logger, string queue, Exception exception);
}
