using Headwater.Contracts.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Headwater.Functions.Http;

public sealed class Health(HttpRoutes routes)
{
    [Function(nameof(Health))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.Health)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.Health);
}

public sealed class Ready(HttpRoutes routes)
{
    [Function(nameof(Ready))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.Ready)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.Ready);
}

public sealed class OpenApiDocument(HttpRoutes routes)
{
    [Function(nameof(OpenApiDocument))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.Document)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.Document);
}
