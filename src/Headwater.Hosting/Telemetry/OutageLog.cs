using Headwater.Storage.Azure.Metering;
using Microsoft.Extensions.Logging;

namespace Headwater.Hosting.Telemetry;

/// <summary>Log messages of storage, numbered from 1301: one line when an outage begins and one when it has ended.</summary>
internal static partial class OutageLog
{
    public static void Attach(StorageOutages outages, ILogger logger)
    {
        outages.Began = o => logger.OutageBegan(o.Service, o.Began, o.Reason);
        outages.Ended = o => logger.OutageEnded(o.Service, o.Failures, o.Began, o.Last);
    }

    [LoggerMessage(1301, LogLevel.Warning, "Storage ({Service}) fails since {Began:O}: {Reason}", EventName = "StorageFails")]
    private static partial void OutageBegan(this ILogger logger, string service, DateTimeOffset began, string reason);

    [LoggerMessage(
        1302,
        LogLevel.Warning,
        "Storage ({Service}) answers again; {Failures} calls failed from {Began:O} to {Last:O}",
        EventName = "StorageAnswersAgain")]
    private static partial void OutageEnded(this ILogger logger, string service, long failures, DateTimeOffset began, DateTimeOffset last);
}
