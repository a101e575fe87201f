using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Headwater.Functions.Http;

/// <summary>
/// Answers paths and methods that match no other function with the same problem as the local host. Never runs a route.
/// The Functions host selects the first matching function in the order of their names, so this function's name sorts last.
/// </summary>
public sealed class Unmatched(HttpRoutes routes)
{
    [Function(nameof(Unmatched))]
    public Task Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", "post", "put", "patch", "delete", "options", Route = "{*path}")] HttpRequest request) =>
        routes.RefuseAsync(request);
}
