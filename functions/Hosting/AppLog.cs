using Microsoft.Extensions.Logging;

namespace Headwater.Functions.Hosting;

internal static partial class AppLog
{
    [LoggerMessage(2001, LogLevel.Warning, "Stopped without having written every checkpoint; the next opening reads more", EventName = "CheckpointsNotWritten")]
    public static partial void CheckpointsNotWritten(this ILogger logger, Exception exception);
}
