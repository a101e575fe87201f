using Headwater.Contracts.Errors;

namespace Headwater.Http.Routing;

/// <summary>
/// The requests and responses of a route, as described in <c>/openapi.json</c>. Schemas and parameters are defined in the folder OpenApi.
/// </summary>
internal sealed record RouteContract
{
    /// <summary>The operation's id, from which generated clients derive a method name.</summary>
    public required string Id { get; init; }

    /// <summary>Groups routes in documents.</summary>
    public required string Tag { get; init; }

    /// <summary>Whether a request can store events, and so requires a body.</summary>
    public bool Appends { get; init; }

    /// <summary>Whether what a write changes has a strong ETag, on which the handler checks If-Match and If-None-Match.</summary>
    public bool HasStrongTag { get; init; }

    /// <summary>Query and header parameters; those of the path come from the template.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>Request bodies by media type; empty if the route has no request body.</summary>
    public IReadOnlyList<Content> Bodies { get; init; } = [];

    public required IReadOnlyList<Success> Answers { get; init; }

    /// <summary>Error codes besides those that every route can return.</summary>
    public IReadOnlyList<ErrorCode> Errors { get; init; } = [];
}

/// <param name="MediaType">The content's media type.</param>
/// <param name="Schema">The schema component's name.</param>
internal sealed record Content(string MediaType, string Schema);

/// <param name="Status">2xx or 3xx.</param>
/// <param name="Description">The meaning of the answer.</param>
/// <param name="Contents">One per media type; empty if there is no body.</param>
internal sealed record Success(int Status, string Description, params Content[] Contents)
{
    /// <summary>The names of the header components.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];
}
