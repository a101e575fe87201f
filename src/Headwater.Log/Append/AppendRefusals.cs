using Headwater.Contracts.Errors;
using Headwater.Log.Model;

namespace Headwater.Log.Append;

/// <summary>Refuses requests that no partition can take, over HTTP or from a queue.</summary>
public static class AppendRefusals
{
    /// <summary>The refusal of a request with more events than <see cref="Limits.EventsPerRequest"/>.</summary>
    public static HeadwaterException TooManyEvents() =>
        new(ErrorCode.TooManyEvents, $"A request takes at most {Limits.EventsPerRequest} events; send the rest in another.");

    /// <summary>The refusal of an event that exceeds a limit on its size.</summary>
    /// <param name="index">The position of the event in the request, from 0.</param>
    /// <param name="reason">Completes "Event 0 …": the size and the limit.</param>
    public static HeadwaterException EventTooLarge(int index, string reason) =>
        new(ErrorCode.EventTooLarge, $"Event {index} {reason}. Store large content elsewhere and publish a link.") { Facts = new EventIndexFacts(index) };

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
