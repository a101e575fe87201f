using Microsoft.Extensions.Logging;

namespace Headwater.Hosting.Timers;

/// <summary>Log messages of timers, numbered from 1201.</summary>
internal static partial class TimerLog
{
    [LoggerMessage(1201, LogLevel.Warning, "Timer {Timer} failed for stream {Stream}; the next run retries: {Reason}", EventName = "StreamNotMaintained")]
    public static partial void StreamNotMaintained(this ILogger logger, Exception? defect, string timer, string stream, string reason);

    [LoggerMessage(1202, LogLevel.Information, "Timer {Timer} ran out of time; the next run continues", EventName = "TimerLeftWork")]
    public static partial void TimerLeftWork(this ILogger logger, string timer);

    [LoggerMessage(
        1203,
        LogLevel.Warning,
        "Timer copy-groups failed for group {Group} of stream {Stream}; the next run retries: {Reason}",
        EventName = "GroupNotCopied")]
    public static partial void GroupNotCopied(this ILogger logger, Exception? defect, string stream, string group, string reason);

    [LoggerMessage(1204, LogLevel.Warning, "Timer sweep-outcomes failed for {What}; the next run retries: {Reason}", EventName = "NotSwept")]
    public static partial void NotSwept(this ILogger logger, Exception? defect, string what, string reason);
}
