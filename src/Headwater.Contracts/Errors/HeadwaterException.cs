namespace Headwater.Contracts.Errors;

/// <summary>A request fails. Carries the code and the facts that the caller needs to correct or repeat the request.</summary>
public sealed class HeadwaterException(ErrorCode code, string detail, Exception? inner = null) : Exception(detail, inner)
{
    /// <summary>Why the request failed. Determines the status, whether to retry, and what was stored.</summary>
    public ErrorCode Code { get; } = code;

    /// <summary>
    /// Whether the request has stored any event. By default what the code says; <see cref="Errors.Appended.No"/> where the code leaves it open but the place of
    /// the error proves that nothing was sent.
    /// </summary>
    public Appended Appended { get; init; } = code.Appended();

    /// <summary>Facts beside code and detail.</summary>
    public ErrorFacts Facts { get; init; } = ErrorFacts.None;

    /// <summary>
    /// How long the caller should wait before a retry, sent as <c>Retry-After</c>. If null, statuses 429 and 503 send 1 second and others send none.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>One event that cannot be appended.</summary>
/// <param name="Index">The event's position in the request, from 0.</param>
/// <param name="Pointer">RFC 6901 pointer into the event as posted, e.g. <c>/value/delay</c>.</param>
/// <param name="Message">What was expected and what came.</param>
public sealed record EventFault(int Index, string Pointer, string Message);
