using Headwater.Contracts.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Headwater.Functions.Http;

public sealed class ReadStatus(HttpRoutes routes)
{
    [Function(nameof(ReadStatus))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.AppendStatus)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.AppendStatus);
}

public sealed class ListPoison(HttpRoutes routes)
{
    [Function(nameof(ListPoison))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.Poison)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.Poison);
}

public sealed class DiscardPoison(HttpRoutes routes)
{
    [Function(nameof(DiscardPoison))]
    public Task Run([HttpTrigger(AuthorizationLevel.Admin, "delete", Route = RouteTemplates.PoisonMessage)] HttpRequest request) =>
        routes.RunAsync(request, "DELETE", RouteTemplates.PoisonMessage);
}

public sealed class RedrivePoison(HttpRoutes routes)
{
    [Function(nameof(RedrivePoison))]
    public Task Run([HttpTrigger(AuthorizationLevel.Admin, "post", Route = RouteTemplates.Redrive)] HttpRequest request) =>
        routes.RunAsync(request, "POST", RouteTemplates.Redrive);
}
