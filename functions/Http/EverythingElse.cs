using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Headwater.Functions.Http;

/// <summary>Paths and methods that no function is bound to: refused with a problem document, as the local host does. It never runs a route.</summary>
public sealed class EverythingElse(HttpRoutes routes)
{
    [Function(nameof(EverythingElse))]
    public Task Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", "post", "put", "patch", "delete", "options", Route = "{*path}")] HttpRequest request) =>
        routes.RefuseAsync(request);
}
