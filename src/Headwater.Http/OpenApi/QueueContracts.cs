using Headwater.Contracts.Errors;
using Headwater.Contracts.Media;
using Headwater.Http.Routing;

namespace Headwater.Http.OpenApi;

/// <summary>What the queue path's routes take and answer.</summary>
internal static class QueueContracts
{
    public static RouteContract Status { get; } = new()
    {
        Id = "getAppendStatus",
        Tag = "queue",
        Answers =
        [
            new(200, "What became of the batch; ask again while it is queued.", new Content(MediaTypes.Json, "AppendStatus")) { Headers = ["Retry-After"] },
        ],
        Errors = [ErrorCode.AppendNotFound],
    };

    public static RouteContract Poison { get; } = new()
    {
        Id = "listPoison",
        Tag = "queue",
        Parameters = ["poisonLimit", "after"],
        Answers = [new(200, "Messages that were given up, oldest first, and why.", new Content(MediaTypes.Json, "PoisonList")) { Headers = ["Link"] }],
    };

    public static RouteContract Redrive { get; } = new()
    {
        Id = "redrivePoison",
        Tag = "queue",
        Parameters = ["redriveLimit", "ref"],
        Answers = [new(200, "Put back on their queues, to be tried again as they are.", new Content(MediaTypes.Json, "Redriven"))],
    };

    public static RouteContract Discard { get; } = new()
    {
        Id = "discardPoison",
        Tag = "queue",
        Parameters = ["poisonRef"],
        Answers = [new(204, "Deleted for good; the status of its batch stays poisoned until it expires.")],
        Errors = [ErrorCode.AppendNotFound],
    };
}
