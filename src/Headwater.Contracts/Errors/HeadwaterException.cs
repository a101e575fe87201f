namespace Headwater.Contracts.Errors;

/// <summary>A request cannot be answered as asked. Carries the code and the facts a caller needs to go on.</summary>
public sealed class HeadwaterException(ErrorCode code, string detail, Exception? inner = null) : Exception(detail, inner)
{
    public ErrorCode Code { get; } = code;

    /// <summary>Facts beside code and detail.</summary>
    public ErrorFacts Facts { get; init; } = ErrorFacts.None;

    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>One event that cannot be appended.</summary>
/// <param name="Index">In the request, from 0.</param>
/// <param name="Pointer">RFC 6901 pointer into the event as posted, e.g. <c>/value/delay</c>.</param>
/// <param name="Message">What was expected and what came.</param>
public sealed record EventFault(int Index, string Pointer, string Message);
