using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Queues;

internal static partial class PumpLog
{
    [LoggerMessage(3301, LogLevel.Warning, "Queue {Queue} could not be received from")]
    public static partial void QueueNotReceived(this ILogger logger, string queue, Exception exception);

    [LoggerMessage(3302, LogLevel.Warning, "A message of queue {Queue} failed (try {DequeueCount})")]
    public static partial void MessageFailed(this ILogger logger, string queue, long dequeueCount, Exception exception);

    [LoggerMessage(3303, LogLevel.Error, "A message of queue {Queue} was moved to poison after {DequeueCount} tries")]
    public static partial void MessagePoisoned(this ILogger logger, string queue, long dequeueCount);

    [LoggerMessage(3304, LogLevel.Warning, "A message of queue {Queue} could not be completed and comes again")]
    public static partial void MessageNotEnded(this ILogger logger, string queue, Exception exception);
}
