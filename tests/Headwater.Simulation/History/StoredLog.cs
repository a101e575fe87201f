using Headwater.Simulation.Service;

namespace Headwater.Simulation.History;

/// <param name="Id">The id of the event.</param>
/// <param name="Appended">The append time, in Unix microseconds.</param>
/// <param name="Step">The step at which the event was stored.</param>
/// <param name="Producer">The producer of the event's batch.</param>
internal sealed record StoredEvent(long Offset, long Id, long Appended, long Step, ProducerStamp? Producer = null)
{
    public string? Key { get; init; }

    public bool IsTombstone { get; init; }
}

/// <summary>The log at the end, including deleted segments: each partition's events by offset.</summary>
internal sealed record StoredLog(IReadOnlyDictionary<PartitionKey, IReadOnlyList<StoredEvent>> Partitions)
{
    public IReadOnlyList<StoredEvent> Of(PartitionKey key) => Partitions.GetValueOrDefault(key) ?? [];

    public IReadOnlyList<StoredEvent> Of(string streamId, int partition) => Of(new PartitionKey(streamId, partition));

    /// <summary>The log end at a step: the number of events stored by then.</summary>
    public long EndAt(string streamId, int partition, long step)
    {
        IReadOnlyList<StoredEvent> events = Of(streamId, partition);
        int low = 0;
        int high = events.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = events[middle].Step <= step ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
