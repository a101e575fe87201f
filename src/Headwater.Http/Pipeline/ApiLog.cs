using Microsoft.Extensions.Logging;

namespace Headwater.Http.Pipeline;

/// <summary>Log messages of the API, numbered from 1001. Contents of events and headers are never logged.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(1001, LogLevel.Error, "{Method} {Route} failed with an unexpected error", EventName = "Defect")]
    public static partial void Defect(this ILogger logger, string method, string? route, Exception exception);

    [LoggerMessage(1002, LogLevel.Warning, "{Method} {Route} answered {Code}", EventName = "Unavailable")]
    public static partial void Unavailable(this ILogger logger, string method, string? route, string code, Exception exception);

    [LoggerMessage(1003, LogLevel.Debug, "{Method} {Route} answered {Code}: {Detail}", EventName = "Refused")]
    public static partial void Refused(this ILogger logger, string method, string? route, string code, string detail);

    [LoggerMessage(1004, LogLevel.Debug, "{Method} {Route}: the client closed the connection", EventName = "ClientGone")]
    public static partial void ClientGone(this ILogger logger, string method, string? route);
}
