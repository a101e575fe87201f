using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Timers;

internal static partial class TimerLoopLog
{
    [LoggerMessage(3201, LogLevel.Warning, "Timer {Timer} failed; its next run tries again", EventName = "TimerFailed")]
    public static partial void TimerFailed(this ILogger logger, string timer, Exception exception);
}
