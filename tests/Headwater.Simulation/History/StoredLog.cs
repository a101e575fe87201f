using Headwater.Simulation.Service;

namespace Headwater.Simulation.History;

/// <param name="Id">Of the event sent.</param>
/// <param name="Appended">Unix microseconds.</param>
/// <param name="Step">When it was stored.</param>
/// <param name="Producer">Of its batch.</param>
internal sealed record StoredEvent(long Offset, long Id, long Appended, long Step, ProducerStamp? Producer = null)
{
    public string? Key { get; init; }

    public bool IsTombstone { get; init; }
}

/// <summary>What is stored in the end, deleted parts included: each partition's events in the order they stand.</summary>
internal sealed record StoredLog(IReadOnlyDictionary<PartitionKey, IReadOnlyList<StoredEvent>> Partitions)
{
    public IReadOnlyList<StoredEvent> Of(PartitionKey key) => Partitions.GetValueOrDefault(key) ?? [];

    public IReadOnlyList<StoredEvent> Of(string streamId, int partition) => Of(new PartitionKey(streamId, partition));

    /// <summary>The log end as of a step: how many events had been stored.</summary>
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
