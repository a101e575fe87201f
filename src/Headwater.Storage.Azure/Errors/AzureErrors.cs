using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Identity;
using Headwater.Log.Ports;

namespace Headwater.Storage.Azure.Errors;

/// <summary>
/// The only code that interprets the SDK's exceptions and the service's error codes
/// (learn.microsoft.com/rest/api/storageservices: status and error codes of the common, blob, table and queue services).
/// </summary>
internal static class AzureErrors
{
    /// <returns>Null if the exception is not an error of storage: a cancellation by the caller, or a defect.</returns>
    public static AzureError? Read(Exception exception, CancellationToken caller) => exception switch
    {
        OperationCanceledException when caller.IsCancellationRequested => null,
        OperationCanceledException => Lost("timeout", exception),
        AggregateException { InnerExceptions: [.., var last] } => Read(last, caller),
        RequestFailedException { Status: 0, InnerException: HttpRequestException unsent } when NeverSent(unsent) =>
            new AzureError(AzureErrorKind.Unreachable, unsent.Message, null, null, exception),
        RequestFailedException { Status: 0, InnerException: var inner } => Lost(inner?.Message ?? "no answer", exception),
        RequestFailedException failed => Answered(failed),
        AuthenticationFailedException failed => Unauthenticated(failed, caller),
        IOException or HttpRequestException or System.Net.Sockets.SocketException => Lost(exception.Message, exception),
        _ => null,
    };

    /// <summary>The outcome of an append that ended in an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="namesETag">Whether the append had an ETag condition.</param>
    /// <returns>Null if nothing was stored and the caller must throw the error.</returns>
    public static AppendStatus? AppendStatusOf(AzureError error, bool namesETag) => error.Kind switch
    {
        AzureErrorKind.PositionTaken => AppendStatus.PositionTaken,
        AzureErrorKind.ConditionNotMet when namesETag => AppendStatus.PositionTaken,
        AzureErrorKind.Sealed => AppendStatus.Sealed,
        AzureErrorKind.Missing or AzureErrorKind.HomeMissing => AppendStatus.NotFound,
        AzureErrorKind.Full => AppendStatus.Full,
        AzureErrorKind.Unavailable or AzureErrorKind.Throttled => AppendStatus.Unknown,
        AzureErrorKind.Unreachable or AzureErrorKind.Denied or AzureErrorKind.NotProvisioned or AzureErrorKind.Rejected => null,
        AzureErrorKind.Exists or AzureErrorKind.ConditionNotMet or AzureErrorKind.BlockMissing or AzureErrorKind.PastEnd => null,
    };

    // The transport reports these errors only for connections that it could not open. A dropped connection has another error.
    private static bool NeverSent(HttpRequestException exception) => exception.HttpRequestError
        is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
        or HttpRequestError.ProxyTunnelError;

    private static AzureError Lost(string reason, Exception source) => new(AzureErrorKind.Unavailable, reason, null, null, source);

    // An unreachable token service is temporary; a refused token is not.
    private static AzureError Unauthenticated(AuthenticationFailedException failed, CancellationToken caller) =>
        failed.InnerException is { } inner && Read(inner, caller) is { IsPassing: true }
            ? Lost("no token: " + inner.GetType().Name, failed)
            : new AzureError(AzureErrorKind.Denied, "no token: " + failed.GetType().Name, null, null, failed);

    private static AzureError Answered(RequestFailedException failed)
    {
        Response? response = failed.GetRawResponse();
        TimeSpan? wait = response is null ? null : RetryAfter(response);
        string reason = failed.ErrorCode is { Length: > 0 } code
            ? string.Create(CultureInfo.InvariantCulture, $"{failed.Status} {code}")
            : failed.Status.ToString(CultureInfo.InvariantCulture);
        return new AzureError(KindOf(failed.Status, failed.ErrorCode, wait is not null), reason, wait, response?.Headers.Date, failed)
        {
            Code = failed.ErrorCode ?? failed.Status.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static AzureErrorKind KindOf(int status, string? code, bool waits) => status switch
    {
        401 or 403 => AzureErrorKind.Denied,
        400 when code == "PopReceiptMismatch" => AzureErrorKind.ConditionNotMet,
        400 when code == "InvalidBlockList" => AzureErrorKind.BlockMissing,
        404 => NotFound(code),
        408 => AzureErrorKind.Unavailable,
        409 => Conflict(code),
        412 => Precondition(code),
        413 => AzureErrorKind.Full,
        416 => AzureErrorKind.PastEnd,
        429 => AzureErrorKind.Throttled,
        503 when waits || code == "ServerBusy" => AzureErrorKind.Throttled,
        >= 500 => AzureErrorKind.Unavailable,
        _ => AzureErrorKind.Rejected,
    };

    private static AzureErrorKind NotFound(string? code) => code switch
    {
        "ContainerNotFound" or "TableNotFound" or "QueueNotFound" => AzureErrorKind.HomeMissing,
        _ => AzureErrorKind.Missing,
    };

    private static AzureErrorKind Conflict(string? code) => code switch
    {
        "BlobAlreadyExists" or "ContainerAlreadyExists" or "EntityAlreadyExists"
            or "TableAlreadyExists" or "QueueAlreadyExists" or "ResourceAlreadyExists" => AzureErrorKind.Exists,
        "BlobIsSealed" => AzureErrorKind.Sealed,
        "BlockCountExceedsLimit" => AzureErrorKind.Full,
        "ContainerBeingDeleted" or "ContainerDisabled" or "TableBeingDeleted"
            or "QueueBeingDeleted" or "QueueDisabled" or "AccountBeingCreated" => AzureErrorKind.NotProvisioned,
        "InvalidBlobType" or "BlobImmutableDueToPolicy" or "FeatureVersionMismatch" => AzureErrorKind.Rejected,

        // "BlobModifiedWhileReading" and unknown codes: nothing proves that the call was not applied.
        _ => AzureErrorKind.Unavailable,
    };

    private static AzureErrorKind Precondition(string? code) => code switch
    {
        "AppendPositionConditionNotMet" => AzureErrorKind.PositionTaken,
        "MaxBlobSizeConditionNotMet" => AzureErrorKind.Full,
        "LeaseIdMissing" or "LeaseIdMismatchWithBlobOperation" => AzureErrorKind.Rejected,
        _ => AzureErrorKind.ConditionNotMet,
    };

    private static TimeSpan? RetryAfter(Response response)
    {
        if ((Number(response.Headers, "retry-after-ms") ?? Number(response.Headers, "x-ms-retry-after-ms")) is { } milliseconds)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        if (Number(response.Headers, "Retry-After") is { } seconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        // An HTTP date is relative to the response's Date header, so the local clock does not matter.
        return response.Headers.TryGetValue("Retry-After", out string? text) && response.Headers.Date is { } now
            && DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset until) && until > now
                ? until - now
                : null;
    }

    private static int? Number(ResponseHeaders headers, string name) =>
        headers.TryGetValue(name, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
