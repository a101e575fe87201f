using Microsoft.Extensions.Logging;

namespace Headwater.Http.Pipeline;

/// <summary>What the API tells the log, by number. Nothing of an event or a header is ever written.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(1001, LogLevel.Error, "{Method} {Route} failed for a reason not foreseen", EventName = "Defect")]
    public static partial void Defect(this ILogger logger, string method, string? route, Exception exception);

    [LoggerMessage(1002, LogLevel.Warning, "{Method} {Route} answered {Code}", EventName = "Unavailable")]
    public static partial void Unavailable(this ILogger logger, string method, string? route, string code, Exception exception);

    [LoggerMessage(1003, LogLevel.Debug, "{Method} {Route} answered {Code}: {Detail}", EventName = "Refused")]
    public static partial void Refused(this ILogger logger, string method, string? route, string code, string detail);

    [LoggerMessage(1004, LogLevel.Debug, "{Method} {Route}: the client went away", EventName = "ClientGone")]
    public static partial void ClientGone(this ILogger logger, string method, string? route);
}
