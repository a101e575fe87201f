namespace Headwater.Contracts.Errors;

/// <summary>The refusals that more than one place words.</summary>
public static class Refusals
{
    public static HeadwaterException Parameter(string name, string message) =>
        new(ErrorCode.InvalidParameter, $"{name}: {message}") { Facts = new ParameterFacts(name) };

    public static HeadwaterException MalformedBody(string detail, Exception? inner = null) => new(ErrorCode.MalformedBody, detail, inner);

    public static HeadwaterException MediaType(string? sent, IReadOnlyList<string> accepted) =>
        new(ErrorCode.UnsupportedMediaType, $"Content-Type {sent ?? "(none)"} is not taken here; send one of {string.Join(", ", accepted)}.")
        {
            Facts = new AcceptedTypesFacts(accepted),
        };
}
