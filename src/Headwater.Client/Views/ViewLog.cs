using Microsoft.Extensions.Logging;

namespace Headwater.Client;

/// <summary>What views log.</summary>
internal static partial class ViewLog
{
    public const string Category = "Headwater.Client.Views";

    [LoggerMessage(7101, LogLevel.Warning, "A read of stream {Stream} failed with {Code} and is repeated: {Message}")]
    public static partial void LogReadFailed(this ILogger log, string stream, string code, string message);

    [LoggerMessage(7102, LogLevel.Warning, "View {View} is rebuilt: {Reason}. {Message}")]
    public static partial void LogRebuilt(this ILogger log, string view, RebuildReason reason, string message);

    [LoggerMessage(7103, LogLevel.Warning, "Snapshot {Snapshot} is skipped: {Message}")]
    public static partial void LogSnapshotSkipped(this ILogger log, string snapshot, string message);

    [LoggerMessage(7104, LogLevel.Error, "A snapshot of view {View} was not written; the view goes on and tries again")]
    public static partial void LogSnapshotFailed(this ILogger log, string view, Exception exception);

    [LoggerMessage(7105, LogLevel.Error, "View {View} has failed and shows its last rows")]
    public static partial void LogViewFailed(this ILogger log, string view, Exception exception);

    [LoggerMessage(7107, LogLevel.Warning, "Earlier rows of view {View} were not deleted; the next start deletes them")]
    public static partial void LogDiscardFailed(this ILogger log, string view, Exception exception);

    [LoggerMessage(7106, LogLevel.Warning, "The rebuild of view {View} failed and is repeated: {Message}")]
    public static partial void LogRebuildRepeated(this ILogger log, string view, string message);
}
