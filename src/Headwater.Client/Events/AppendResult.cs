using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>An event that is stored.</summary>
/// <param name="Partition">The event's partition.</param>
/// <param name="Offset">The event's offset; null if the request was a repeat so late that the partition no longer remembers where the events are.</param>
public readonly record struct AppendedEvent(PartitionId Partition, Offset? Offset);

/// <summary>The events of a request, all of them stored.</summary>
/// <param name="Events">One entry per event, in the order of the request.</param>
/// <param name="IsReplay">Whether an earlier, equal request had stored the events.</param>
public sealed record AppendResult(IReadOnlyList<AppendedEvent> Events, bool IsReplay)
{
    /// <summary>The id of the stream that has the events: another one if the stream was deleted and created again. Null if the service did not say.</summary>
    public string? StreamId { get; init; }

    /// <summary>The last position of each partition that the request touched: what a view must have read to show these events.</summary>
    public IReadOnlyList<EventPosition> Ends =>
    [
        .. Events.Where(e => e.Offset is not null)
            .GroupBy(e => e.Partition)
            .Select(g => new EventPosition(g.Key, g.Max(e => e.Offset!.Value)))
            .OrderBy(p => p.Partition),
    ];
}
