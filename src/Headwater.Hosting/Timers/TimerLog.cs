using Microsoft.Extensions.Logging;

namespace Headwater.Hosting.Timers;

/// <summary>What timers tell the log.</summary>
internal static partial class TimerLog
{
    [LoggerMessage(1201, LogLevel.Warning, "Timer {Timer}: stream {Stream} was left for the next run: {Reason}", EventName = "StreamNotMaintained")]
    public static partial void StreamNotMaintained(this ILogger logger, string timer, string stream, string reason);

    [LoggerMessage(1202, LogLevel.Information, "Timer {Timer}: some work is left for the next run", EventName = "TimerLeftWork")]
    public static partial void TimerLeftWork(this ILogger logger, string timer);

    [LoggerMessage(1203, LogLevel.Warning, "Timer copy-groups: group {Group} of stream {Stream} was left for the next run: {Reason}", EventName = "GroupNotCopied")]
    public static partial void GroupNotCopied(this ILogger logger, string stream, string group, string reason);
}
