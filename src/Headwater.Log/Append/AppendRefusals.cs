using Headwater.Contracts.Errors;

namespace Headwater.Log.Append;

/// <summary>Refuses requests that no partition can take, over HTTP or from a queue.</summary>
public static class AppendRefusals
{
    /// <summary>Refuses a request without events.</summary>
    /// <exception cref="HeadwaterException">EmptyBatch.</exception>
    public static void RequireEvents(RequestEvents events)
    {
        if (events.Count == 0)
        {
            throw new HeadwaterException(ErrorCode.EmptyBatch, "The request has no events; send at least one.");
        }
    }

    /// <summary>Refuses a request for several partitions if it has a producer sequence or an expected offset: both apply to one partition.</summary>
    /// <exception cref="HeadwaterException">WrongPartition.</exception>
    public static void RequireOnePartition(RequestEvents events, bool isSequenced, bool isConditional)
    {
        if ((isSequenced || isConditional) && events.Partitions.Skip(1).Any())
        {
            throw new HeadwaterException(
                ErrorCode.WrongPartition,
                "Producer-Sequence and If-Offset need all events of the request in one partition; post to /streams/{stream}/partitions/{partition}/events.");
        }
    }
}
