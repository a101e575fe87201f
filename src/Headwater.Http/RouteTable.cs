using Headwater.Contracts.Routes;
using Headwater.Http.Append;
using Headwater.Http.Bodies;
using Headwater.Http.Groups;
using Headwater.Http.Health;
using Headwater.Http.Maintenance;
using Headwater.Http.OpenApi;
using Headwater.Http.Queued;
using Headwater.Http.Read;
using Headwater.Http.Routing;
using Headwater.Http.Streams;
using Headwater.Log;
using Headwater.Queues;

namespace Headwater.Http;

/// <summary>The table of all routes.</summary>
internal static class RouteTable
{
    public static IReadOnlyList<Route> For(EventLog log, QueuedAppends queued, TimeProvider time)
    {
        var bodies = new RequestBody(log.Bodies, time, LargeTurns.OfProcess());
        var streams = new StreamHandlers(log, bodies);
        var append = new AppendHandlers(log, queued, bodies);
        var read = new ReadHandlers(log, time);
        var maintenance = new MaintenanceHandlers(log, bodies);
        List<Route> routes = [];
        var service = new HealthHandlers(log, queued, () => OpenApiDocument.Write(routes));
        routes.AddRange(
        [
            new("GET", RouteTemplates.Streams, "List streams", RouteContracts.ListStreams, streams.ListAsync),
            new("PUT", RouteTemplates.Stream, "Create a stream", RouteContracts.PutStream, streams.PutAsync),
            new("GET", RouteTemplates.Stream, "Describe a stream", RouteContracts.GetStream, streams.GetAsync),
            new("PATCH", RouteTemplates.Stream, "Configure a stream", RouteContracts.PatchStream, streams.PatchAsync),
            new("DELETE", RouteTemplates.Stream, "Delete a stream", RouteContracts.DeleteStream, streams.DeleteAsync) { Access = AccessLevel.Admin },

            new("POST", RouteTemplates.StreamEvents, "Append events, each to its key's partition", RouteContracts.Append, append.ToStreamAsync),
            new("POST", RouteTemplates.PartitionEvents, "Append events to one partition", RouteContracts.AppendToPartition, append.ToPartitionAsync),
            new("POST", RouteTemplates.Producer, "Start a sequenced producer's next epoch", RouteContracts.StartProducer, append.StartProducerAsync),

            new("GET", RouteTemplates.StreamEvents, "Read the events of several partitions", RouteContracts.ReadStreamEvents, read.StreamEventsAsync),
            new("GET", RouteTemplates.Partitions, "List partitions and their positions", RouteContracts.ListPartitions, read.PartitionsAsync),
            new("GET", RouteTemplates.PartitionEvents, "Read a partition's events", RouteContracts.ReadEvents, read.EventsAsync),
            new("GET", RouteTemplates.Segments, "List segments for direct access", RouteContracts.ListSegments, read.SegmentsAsync),
            .. Queued(new QueueHandlers(queued)),
            .. Grouped(new GroupHandlers(log, bodies)),

            new("POST", RouteTemplates.Maintenance, "Run maintenance of a stream now", MaintenanceContracts.Run, maintenance.RunAsync)
            {
                Access = AccessLevel.Admin,
            },

            new("GET", RouteTemplates.Health, "Check the health of the service", RouteContracts.Health, service.HealthAsync),
            new("GET", RouteTemplates.Ready, "Check that storage serves the service", RouteContracts.Ready, service.ReadyAsync),
            new("GET", RouteTemplates.Document, "Describe this API", RouteContracts.Document, service.DocumentAsync),
        ]);
        return routes;
    }

    private static Route[] Queued(QueueHandlers queue) =>
    [
        new("GET", RouteTemplates.Poison, "List poisoned messages", QueueContracts.Poison, queue.PoisonAsync),
        new("POST", RouteTemplates.Redrive, "Put poisoned messages back on their queues", QueueContracts.Redrive, queue.RedriveAsync)
        {
            Access = AccessLevel.Admin,
        },
        new("DELETE", RouteTemplates.PoisonMessage, "Discard a poisoned message", QueueContracts.Discard, queue.DiscardAsync)
        {
            Access = AccessLevel.Admin,
        },
        new("GET", RouteTemplates.AppendStatus, "Get the status of an asynchronous append", QueueContracts.Status, queue.StatusAsync),
    ];

    private static Route[] Grouped(GroupHandlers groups) =>
    [
        new("GET", RouteTemplates.Groups, "List consumer groups", GroupContracts.List, groups.ListAsync),
        new("GET", RouteTemplates.Group, "Describe a consumer group", GroupContracts.Get, groups.GetAsync),
        new("DELETE", RouteTemplates.Group, "Delete a consumer group", GroupContracts.Delete, groups.DeleteAsync) { Access = AccessLevel.Admin },
        new("PUT", RouteTemplates.GroupOffsets, "Commit offsets", GroupContracts.Commit, groups.CommitAsync),
        new("POST", RouteTemplates.GroupMembers, "Join a consumer group or send a heartbeat", GroupContracts.Join, groups.JoinAsync),
        new("DELETE", RouteTemplates.GroupMember, "Leave a consumer group", GroupContracts.Leave, groups.LeaveAsync),
        new("POST", RouteTemplates.GroupReset, "Reset a consumer group's offsets", GroupContracts.Reset, groups.ResetAsync),
        new("POST", RouteTemplates.GroupResetForce, "Reset offsets despite live members", GroupContracts.ForceReset, groups.ForceResetAsync)
        {
            Access = AccessLevel.Admin,
        },
    ];
}
