using Headwater.Http.Append;
using Headwater.Http.Bodies;
using Headwater.Http.OpenApi;
using Headwater.Http.Queued;
using Headwater.Http.Read;
using Headwater.Http.Streams;
using Headwater.Log;

namespace Headwater.Http.Routing;

/// <summary>Every route there is.</summary>
internal static class RouteTable
{
    public static IReadOnlyList<Route> For(EventLog log, QueuedAppends queued)
    {
        var bodies = new RequestBody(new BodyBudget(Limits.BodyBytesInFlight));
        var streams = new StreamHandlers(log, bodies);
        var append = new AppendHandlers(log, queued, bodies);
        var read = new ReadHandlers(log);
        List<Route> routes = [];
        var service = new ServiceHandlers(() => OpenApiDocument.Write(routes));
        routes.AddRange(
        [
            new("GET", "streams", "List streams", Contracts.ListStreams, streams.ListAsync),
            new("PUT", "streams/{stream}", "Create a stream", Contracts.PutStream, streams.PutAsync),
            new("GET", "streams/{stream}", "Describe a stream", Contracts.GetStream, streams.GetAsync),
            new("PATCH", "streams/{stream}", "Configure a stream", Contracts.PatchStream, streams.PatchAsync),
            new("DELETE", "streams/{stream}", "Delete a stream", Contracts.DeleteStream, streams.DeleteAsync) { Access = AccessLevel.Admin },

            new("POST", "streams/{stream}/events", "Append events, each to its key's partition", Contracts.Append, append.ToStreamAsync),
            new("POST", "streams/{stream}/partitions/{partition}/events", "Append events to one partition", Contracts.AppendToPartition, append.ToPartitionAsync),
            new("POST", "streams/{stream}/producers/{producer}", "Start a sequenced producer's next epoch", Contracts.StartProducer, append.StartProducerAsync),

            new("GET", "streams/{stream}/partitions", "List partitions and their positions", Contracts.ListPartitions, read.PartitionsAsync),
            new("GET", "streams/{stream}/partitions/{partition}/events", "Read a partition's events", Contracts.ReadEvents, read.EventsAsync),
            new("GET", "streams/{stream}/segments", "List segments for direct access", Contracts.ListSegments, read.SegmentsAsync),

            new("GET", "health", "Tell whether the service answers", Contracts.Health, ServiceHandlers.HealthAsync),
            new("GET", "openapi.json", "Describe this API", Contracts.Document, service.DocumentAsync),
        ]);
        return routes;
    }
}
