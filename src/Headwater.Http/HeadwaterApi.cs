using Headwater.Contracts.Errors;
using Headwater.Http.Pipeline;
using Headwater.Http.Routing;
using Headwater.Log;
using Headwater.Queues;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Headwater.Http;

/// <summary>
/// The HTTP API of every host. A host either sends every request through <see cref="HandleAsync(HttpContext)"/> or binds each of <see cref="Routes"/> to its
/// own trigger.
/// The API needs only the context: no middleware, filters or endpoint routing.
/// </summary>
/// <param name="log">The log that the routes use.</param>
/// <param name="queued">The queue path for asynchronous appends.</param>
/// <param name="access">Decides before every route whether the caller may use it.</param>
/// <param name="time">The clock that measures requests and the pace of clients.</param>
/// <param name="logger">Logs failures.</param>
public sealed class HeadwaterApi(EventLog log, QueuedAppends queued, AccessPolicy access, TimeProvider time, ILogger<HeadwaterApi> logger)
{
    private readonly RequestPipeline _pipeline = new(access, new RequestTelemetry(time), logger);

    /// <summary>All routes, in the order of <c>/openapi.json</c>.</summary>
    public IReadOnlyList<Route> Routes { get; } = RouteTable.For(log, queued, time);

    /// <summary>Finds the route and runs it. Never throws because of a request: the response reports the error.</summary>
    public Task HandleAsync(HttpContext context)
    {
        string path = PathOf(context);
        Route? route = Routes.FirstOrDefault(r => r.Takes(context.Request.Method) && r.Pattern.Matches(path));
        return route is null ? RefuseAsync(context) : HandleAsync(context, route);
    }

    /// <summary>Answers a request that matches no route: 405 if the path has routes for other methods, else 404.</summary>
    public Task RefuseAsync(HttpContext context)
    {
        string path = PathOf(context);
        Route[] there = [.. Routes.Where(r => r.Pattern.Matches(path))];
        return _pipeline.RunAsync(context, null, _ => throw (there.Length == 0 ? NotFound(path) : NotAllowed(context, there)));
    }

    /// <summary>Runs the given one of <see cref="Routes"/>.</summary>
    public Task HandleAsync(HttpContext context, Route route)
    {
        string path = PathOf(context);
        return route.Pattern.Bind(path, context.Request.RouteValues)
            ? _pipeline.RunAsync(context, route, route.Handle)
            : _pipeline.RunAsync(context, null, _ => throw NotFound(path));
    }

    private static string PathOf(HttpContext context) => context.Request.Path.Value ?? "";

    private static HeadwaterException NotFound(string path) =>
        new(ErrorCode.RouteNotFound, $"No route matches {path}; GET /openapi.json lists all routes.");

    private static HeadwaterException NotAllowed(HttpContext context, Route[] there)
    {
        string allow = string.Join(", ", there.SelectMany(r => r.Methods).Distinct());
        context.Response.Headers.Allow = allow;
        return new HeadwaterException(ErrorCode.MethodNotAllowed, $"{context.Request.Method} is not allowed for this path; allowed methods are {allow}.");
    }
}
