using Headwater.Contracts.Errors;
using Headwater.Http.Pipeline;
using Headwater.Http.Routing;
using Headwater.Log;
using Headwater.Queues;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Headwater.Http;

/// <summary>
/// The HTTP API, once: hosts either send every request through <see cref="HandleAsync(HttpContext)"/> or bind each of <see cref="Routes"/> to a trigger
/// of their own. It needs nothing but the context: no middleware, filters or endpoint routing around it.
/// </summary>
/// <param name="log">What the routes ask.</param>
/// <param name="queued">Takes appends for later.</param>
/// <param name="access">Asked before every route.</param>
/// <param name="time">Measures requests.</param>
/// <param name="logger">Told of failures, with the exception where there is one.</param>
public sealed class HeadwaterApi(EventLog log, QueuedAppends queued, AccessPolicy access, TimeProvider time, ILogger<HeadwaterApi> logger)
{
    private readonly RequestPipeline _pipeline = new(access, new RequestTelemetry(time), logger);

    /// <summary>Everything there is, in the order of the document at <c>/openapi.json</c>.</summary>
    public IReadOnlyList<Route> Routes { get; } = RouteTable.For(log, queued);

    /// <summary>Finds the route and runs it. Never throws for what a request brings; the answer says it.</summary>
    public Task HandleAsync(HttpContext context)
    {
        string path = PathOf(context);
        Route? route = Routes.FirstOrDefault(r => r.Takes(context.Request.Method) && r.Pattern.Matches(path));
        return route is null ? RefuseAsync(context) : HandleAsync(context, route);
    }

    /// <summary>Answers a request for which there is no route: 405 where other methods have one, else 404. Runs none.</summary>
    public Task RefuseAsync(HttpContext context)
    {
        string path = PathOf(context);
        Route[] there = [.. Routes.Where(r => r.Pattern.Matches(path))];
        return _pipeline.RunAsync(context, null, _ => throw (there.Length == 0 ? NotFound(path) : NotAllowed(context, there)));
    }

    /// <summary>Runs one of <see cref="Routes"/>, found by the host.</summary>
    public Task HandleAsync(HttpContext context, Route route)
    {
        string path = PathOf(context);
        return route.Pattern.Bind(path, context.Request.RouteValues)
            ? _pipeline.RunAsync(context, route, route.Handle)
            : _pipeline.RunAsync(context, null, _ => throw NotFound(path));
    }

    private static string PathOf(HttpContext context) => context.Request.Path.Value ?? "";

    private static HeadwaterException NotFound(string path) =>
        new(ErrorCode.RouteNotFound, $"There is nothing at {path}; GET /openapi.json lists what there is.");

    private static HeadwaterException NotAllowed(HttpContext context, Route[] there)
    {
        string allow = string.Join(", ", there.SelectMany(r => r.Methods).Distinct());
        context.Response.Headers.Allow = allow;
        return new HeadwaterException(ErrorCode.MethodNotAllowed, $"{context.Request.Method} is not for this path; it takes {allow}.");
    }
}
