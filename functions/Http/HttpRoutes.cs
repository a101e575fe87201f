using Headwater.Http;
using Headwater.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace Headwater.Functions.Http;

/// <summary>
/// The API's routes, for the triggers that are bound to them. A function answers by writing to the request's own response and returns nothing,
/// so that statuses, headers and streamed bodies are those of every other host.
/// </summary>
public sealed class HttpRoutes(HeadwaterApi api)
{
    private readonly Dictionary<(string Method, string Template), Route> _routes = api.Routes.ToDictionary(r => (r.Method, r.Template));

    /// <summary>Runs one route, whatever the path says: who may call it was decided by the trigger it is bound to.</summary>
    public Task RunAsync(HttpRequest request, string method, string template) => api.HandleAsync(request.HttpContext, _routes[(method, template)]);

    /// <summary>Answers a request that no other function takes: 404, or 405 for a path that is there.</summary>
    public Task RefuseAsync(HttpRequest request) => api.RefuseAsync(request.HttpContext);
}
