using Microsoft.Extensions.Logging;

namespace Headwater.Functions.Hosting;

internal static partial class AppLog
{
    [LoggerMessage(
        2001,
        LogLevel.Warning,
        "Stopped before every checkpoint was written; the next start reads more of the log",
        EventName = "CheckpointsNotWritten")]
    public static partial void CheckpointsNotWritten(this ILogger logger, Exception exception);

    [LoggerMessage(2002, LogLevel.Warning, "{Warning}", EventName = "LittleMemory")]
    public static partial void LittleMemory(this ILogger logger, string warning);
}
