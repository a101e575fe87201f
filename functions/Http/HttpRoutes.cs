using Headwater.Http;
using Headwater.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace Headwater.Functions.Http;

/// <summary>
/// The API's routes for the HTTP triggers. A function writes to the request's own response and returns nothing,
/// so that statuses, headers and streamed bodies are the same as in the local host.
/// </summary>
public sealed class HttpRoutes(HeadwaterApi api)
{
    private readonly Dictionary<(string Method, string Template), Route> _routes = api.Routes.ToDictionary(r => (r.Method, r.Template));

    /// <summary>Runs the route of a trigger. The path does not select the route, because the trigger's access level has already been checked.</summary>
    public Task RunAsync(HttpRequest request, string method, string template) => api.HandleAsync(request.HttpContext, _routes[(method, template)]);

    /// <summary>Answers a request that matches no other function: 405 if the path has routes for other methods, else 404.</summary>
    public Task RefuseAsync(HttpRequest request) => api.RefuseAsync(request.HttpContext);
}
