using Headwater.Core.Memory;
using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Append;

/// <summary>The events of one request that belong to one partition.</summary>
internal sealed class PartitionShare(PartitionId partition, IMemoryBudget? budget)
{
    public PartitionId Partition { get; } = partition;

    public EventBatch Events { get; } = new(budget);

    /// <summary>Each event's index in the request, from 0, ascending.</summary>
    public List<int> Indexes { get; } = [];
}
