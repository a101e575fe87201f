using Headwater.Contracts.Errors;
using Headwater.Contracts.Media;
using Headwater.Http.Routing;

namespace Headwater.Http.OpenApi;

/// <summary>The requests and responses of the queue path's routes.</summary>
internal static class QueueContracts
{
    public static RouteContract Status { get; } = new()
    {
        Id = "getAppendStatus",
        Tag = "queue",
        Answers =
        [
            new(
                200,
                "The state of the batch. Repeat the request while the state is queued. An id of the last 7 days without a recorded state is queued.",
                new Content(MediaTypes.Json, "AppendStatus"))
            {
                Headers = ["Retry-After"],
            },
        ],
        Errors = [ErrorCode.AppendNotFound],
    };

    public static RouteContract Poison { get; } = new()
    {
        Id = "listPoison",
        Tag = "queue",
        Parameters = ["poisonLimit", "after"],
        Answers = [new(200, "Poisoned messages, oldest first, with the reasons.", new Content(MediaTypes.Json, "PoisonList")) { Headers = ["Link"] }],
    };

    public static RouteContract Redrive { get; } = new()
    {
        Id = "redrivePoison",
        Tag = "queue",
        Parameters = ["redriveLimit", "redriveRef", "redriveForce"],
        Answers = [new(200, "The messages that were put back on their queues, unchanged.", new Content(MediaTypes.Json, "Redriven"))],
    };

    public static RouteContract Discard { get; } = new()
    {
        Id = "discardPoison",
        Tag = "queue",
        Answers = [new(204, "Deleted for good; the status of its batch stays poisoned until it expires.")],
        Errors = [ErrorCode.AppendNotFound],
    };
}
