using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Timers;

internal static partial class TimerLoopLog
{
    [LoggerMessage(3201, LogLevel.Warning, "Timer {Timer} failed; its next run retries", EventName = "TimerFailed")]
    public static partial void TimerFailed(this ILogger logger, string timer, Exception exception);
}
