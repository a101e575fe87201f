namespace Headwater.Contracts.Errors;

/// <summary>Makes the exceptions that several parsers throw, so that their wording is the same.</summary>
public static class Refusals
{
    /// <summary><see cref="ErrorCode.InvalidParameter"/> for a query parameter or header.</summary>
    /// <param name="name">The parameter or header; also its fact.</param>
    /// <param name="message">What was expected and what came.</param>
    public static HeadwaterException Parameter(string name, string message) =>
        new(ErrorCode.InvalidParameter, $"{name}: {message}") { Facts = new ParameterFacts(name) };

    /// <summary><see cref="ErrorCode.MalformedBody"/> for a body or request that cannot be parsed.</summary>
    public static HeadwaterException MalformedBody(string detail, Exception? inner = null) => new(ErrorCode.MalformedBody, detail, inner);

    /// <summary><see cref="ErrorCode.UnsupportedMediaType"/> for a <c>Content-Type</c> that the route does not accept.</summary>
    /// <param name="sent">The header's value; null if the request has none.</param>
    /// <param name="accepted">The media types that the route accepts; also the fact.</param>
    public static HeadwaterException MediaType(string? sent, IReadOnlyList<string> accepted) =>
        new(
            ErrorCode.UnsupportedMediaType,
            $"Content-Type {sent ?? "(none)"} is not accepted here; send the header 'Content-Type: {accepted[0]}'{Others(accepted)}.")
        {
            Facts = new AcceptedTypesFacts(accepted),
        };

    private static string Others(IReadOnlyList<string> accepted) => accepted.Count == 1 ? "" : $", or {string.Join(", ", accepted.Skip(1))}";
}
