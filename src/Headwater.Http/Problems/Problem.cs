using Headwater.Contracts.Errors;
using Headwater.Log.Errors;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Problems;

/// <summary>Why a request failed (RFC 9457).</summary>
internal sealed record Problem
{
    public required ErrorCode Code { get; init; }

    public required int Status { get; init; }

    public required string Detail { get; init; }

    public required Appended Appended { get; init; }

    public ErrorFacts Facts { get; init; } = ErrorFacts.None;

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the error is a defect of this service, which a developer should investigate.</summary>
    public bool IsDefect => Code is ErrorCode.Internal or ErrorCode.CorruptSegment;

    /// <summary>The code on the wire: <c>stream_not_found</c>.</summary>
    public string CodeName => Code.WireName();

    /// <param name="exception">The exception.</param>
    /// <param name="mayHaveStored">Whether the request's events were handed to the log or to a queue before the exception.</param>
    public static Problem From(Exception exception, bool mayHaveStored) => exception switch
    {
        HeadwaterException known => Of(known, mayHaveStored),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            Of(new HeadwaterException(ErrorCode.BodyTooLarge, "The body exceeds the server's limit; split the request."), mayHaveStored),
        BadHttpRequestException bad => Of(new HeadwaterException(ErrorCode.MalformedBody, $"The request could not be read: {bad.Message}"), mayHaveStored),
        OutOfMemoryException when !mayHaveStored =>
            Of(new HeadwaterException(ErrorCode.Overloaded, "The process has no memory left for this request. Nothing was stored; retry."), mayHaveStored),
        _ => Of(StorageErrors.Translate(exception), mayHaveStored),
    };

    private static Problem Of(HeadwaterException exception, bool mayHaveStored)
    {
        int status = exception.Code.Status();
        return new Problem
        {
            Code = exception.Code,
            Status = status,
            Detail = exception.Message,
            Appended = mayHaveStored ? exception.Appended : Appended.No,
            Facts = exception.Facts,
            RetryAfter = exception.RetryAfter ?? (status is 429 or 503 ? TimeSpan.FromSeconds(1) : null),
        };
    }
}
