using Headwater.Contracts.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Headwater.Functions.Http;

public sealed class PostEvents(HttpRoutes routes)
{
    [Function(nameof(PostEvents))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "post", Route = RouteTemplates.StreamEvents)] HttpRequest request) =>
        routes.RunAsync(request, "POST", RouteTemplates.StreamEvents);
}

public sealed class PostToPartition(HttpRoutes routes)
{
    [Function(nameof(PostToPartition))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "post", Route = RouteTemplates.PartitionEvents)] HttpRequest request) =>
        routes.RunAsync(request, "POST", RouteTemplates.PartitionEvents);
}

public sealed class StartProducer(HttpRoutes routes)
{
    [Function(nameof(StartProducer))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "post", Route = RouteTemplates.Producer)] HttpRequest request) =>
        routes.RunAsync(request, "POST", RouteTemplates.Producer);
}

public sealed class GetStreamEvents(HttpRoutes routes)
{
    [Function(nameof(GetStreamEvents))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.StreamEvents)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.StreamEvents);
}

public sealed class ListPartitions(HttpRoutes routes)
{
    [Function(nameof(ListPartitions))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.Partitions)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.Partitions);
}

public sealed class GetEvents(HttpRoutes routes)
{
    [Function(nameof(GetEvents))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.PartitionEvents)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.PartitionEvents);
}

public sealed class ListSegments(HttpRoutes routes)
{
    [Function(nameof(ListSegments))]
    public Task Run([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = RouteTemplates.Segments)] HttpRequest request) =>
        routes.RunAsync(request, "GET", RouteTemplates.Segments);
}
