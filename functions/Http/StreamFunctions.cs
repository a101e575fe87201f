using Headwater.Contracts.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Headwater.Functions.Http;

public sealed class ListStreams(HttpRoutes routes)
{
    [Function(nameof(ListStreams))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.Streams)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.Streams);
}

public sealed class PutStream(HttpRoutes routes)
{
    [Function(nameof(PutStream))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "put", Route = RouteTemplates.Stream)] HttpRequest request) =>
        routes.RunAsync(request, "PUT", RouteTemplates.Stream);
}

public sealed class GetStream(HttpRoutes routes)
{
    [Function(nameof(GetStream))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.Stream)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.Stream);
}

public sealed class PatchStream(HttpRoutes routes)
{
    [Function(nameof(PatchStream))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "patch", Route = RouteTemplates.Stream)] HttpRequest request) =>
        routes.RunAsync(request, "PATCH", RouteTemplates.Stream);
}

public sealed class RemoveStream(HttpRoutes routes)
{
    [Function(nameof(RemoveStream))]
    public Task Run([HttpTrigger(AuthorizationLevel.Admin, "delete", Route = RouteTemplates.Stream)] HttpRequest request) =>
        routes.RunAsync(request, "DELETE", RouteTemplates.Stream);
}
