using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Headwater.Functions.Http;

/// <summary>
/// Paths and methods that no function is bound to: refused with a problem document, as the local host does. It never runs a route.
/// The Functions host asks functions in the order of their names and takes the first that fits: this one's comes last.
/// </summary>
public sealed class Unmatched(HttpRoutes routes)
{
    [Function(nameof(Unmatched))]
    public Task Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", "post", "put", "patch", "delete", "options", Route = "{*path}")] HttpRequest request) =>
        routes.RefuseAsync(request);
}
