using Headwater.Contracts.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Headwater.Functions.Http;

public sealed class ListGroups(HttpRoutes routes)
{
    [Function(nameof(ListGroups))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.Groups)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.Groups);
}

public sealed class GetGroup(HttpRoutes routes)
{
    [Function(nameof(GetGroup))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.Group)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.Group);
}

public sealed class RemoveGroup(HttpRoutes routes)
{
    [Function(nameof(RemoveGroup))]
    public Task Run([HttpTrigger(AuthorizationLevel.Admin, "delete", Route = RouteTemplates.Group)] HttpRequest request) =>
        routes.RunAsync(request, "DELETE", RouteTemplates.Group);
}

public sealed class CommitOffsets(HttpRoutes routes)
{
    [Function(nameof(CommitOffsets))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "put", Route = RouteTemplates.GroupOffsets)] HttpRequest request) =>
        routes.RunAsync(request, "PUT", RouteTemplates.GroupOffsets);
}

public sealed class JoinGroup(HttpRoutes routes)
{
    [Function(nameof(JoinGroup))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "post", Route = RouteTemplates.GroupMembers)] HttpRequest request) =>
        routes.RunAsync(request, "POST", RouteTemplates.GroupMembers);
}

public sealed class LeaveGroup(HttpRoutes routes)
{
    [Function(nameof(LeaveGroup))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "delete", Route = RouteTemplates.GroupMember)] HttpRequest request) =>
        routes.RunAsync(request, "DELETE", RouteTemplates.GroupMember);
}

public sealed class ResetGroup(HttpRoutes routes)
{
    [Function(nameof(ResetGroup))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "post", Route = RouteTemplates.GroupReset)] HttpRequest request) =>
        routes.RunAsync(request, "POST", RouteTemplates.GroupReset);
}

public sealed class ForceResetGroup(HttpRoutes routes)
{
    [Function(nameof(ForceResetGroup))]
    public Task Run([HttpTrigger(AuthorizationLevel.Admin, "post", Route = RouteTemplates.GroupResetForce)] HttpRequest request) =>
        routes.RunAsync(request, "POST", RouteTemplates.GroupResetForce);
}
