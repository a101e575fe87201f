using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Serving;

internal static partial class ServerLog
{
    [LoggerMessage(3001, LogLevel.Warning, "Stopped without writing the due checkpoints; the next start reads more of the log")]
    public static partial void LogCheckpointsNotWritten(this ILogger logger, Exception exception);

    [LoggerMessage(3002, LogLevel.Warning, "The queues could not be created; other services cannot send to queue inbox until it exists")]
    public static partial void LogQueuesNotCreated(this ILogger logger, Exception exception);
}
