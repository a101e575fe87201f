using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Routing;

/// <summary>The permission that a route requires. The host's access policy decides how a caller proves it.</summary>
public enum AccessLevel
{
    /// <summary>May use the log: read, append, create streams.</summary>
    Function,

    /// <summary>May delete streams and groups, force resets, run maintenance, redrive and discard poisoned messages.</summary>
    Admin,
}

/// <summary>One operation of the API: its path, required permission, description and handler.</summary>
public sealed class Route
{
    internal Route(string method, string template, string summary, RouteContract contract, Func<HttpContext, Task> handle)
    {
        Method = method;
        Pattern = RouteTemplate.Parse(template);
        Summary = summary;
        Contract = contract;
        Handle = handle;
    }

    /// <summary><c>GET</c>, <c>PUT</c>, <c>PATCH</c>, <c>DELETE</c> or <c>POST</c>.</summary>
    public string Method { get; }

    /// <summary>The methods that a host binds. A route for GET also answers HEAD.</summary>
    public IReadOnlyList<string> Methods => Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [Method];

    /// <summary>The path with <c>{names}</c> and without a leading slash, as function triggers require: <c>streams/{stream}/events</c>.</summary>
    public string Template => Pattern.Text;

    /// <summary>One line that says what the operation does; the summary in <c>openapi.json</c>.</summary>
    public string Summary { get; }

    /// <summary>The permission required. The default is <see cref="AccessLevel.Function"/>.</summary>
    public AccessLevel Access { get; init; } = AccessLevel.Function;

    /// <summary>Writes the whole response. The pipeline turns its exceptions into problems.</summary>
    public Func<HttpContext, Task> Handle { get; }

    internal bool Writes => Method != HttpMethods.Get;

    internal RouteContract Contract { get; }

    internal RouteTemplate Pattern { get; }

    /// <summary>Method and path: <c>GET /streams/{stream}</c>.</summary>
    public override string ToString() => $"{Method} /{Template}";

    internal bool Takes(string method) => HttpMethods.Equals(method, Method) || (Method == HttpMethods.Get && HttpMethods.IsHead(method));
}
