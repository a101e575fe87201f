using Headwater.Contracts.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Headwater.Functions.Http;

public sealed class MaintainStream(HttpRoutes routes)
{
    [Function(nameof(MaintainStream))]
    public Task Run([HttpTrigger(AuthorizationLevel.Admin, "post", Route = RouteTemplates.Maintenance)] HttpRequest request) =>
        routes.RunAsync(request, "POST", RouteTemplates.Maintenance);
}
