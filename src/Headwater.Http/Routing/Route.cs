using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Routing;

/// <summary>What a caller must hold to use a route; the host's <see cref="Pipeline.AccessPolicy"/> decides how it is shown.</summary>
public enum AccessLevel
{
    /// <summary>May use the log: read, append, create.</summary>
    Function,

    /// <summary>May destroy: delete streams, maintenance, redrive.</summary>
    Admin,
}

/// <summary>One operation of the API: what it is called, who may use it, what it says about itself, what it does.</summary>
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

    /// <summary>Methods a host binds: a route for GET answers HEAD as well.</summary>
    public IReadOnlyList<string> Methods => Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [Method];

    /// <summary>Path with <c>{names}</c>, without a leading slash, as function triggers want it: <c>streams/{stream}/events</c>.</summary>
    public string Template => Pattern.Text;

    public string Summary { get; }

    public AccessLevel Access { get; init; } = AccessLevel.Function;

    /// <summary>Writes the whole answer to the context's response; throws what the pipeline turns into a problem.</summary>
    public Func<HttpContext, Task> Handle { get; }

    internal RouteContract Contract { get; }

    internal RouteTemplate Pattern { get; }

    public override string ToString() => $"{Method} /{Template}";

    internal bool Takes(string method) => HttpMethods.Equals(method, Method) || (Method == HttpMethods.Get && HttpMethods.IsHead(method));
}
