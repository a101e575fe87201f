using Headwater.Contracts.Errors;
using Headwater.Core.Positions;

namespace Headwater.Log.Append;

/// <summary>What became of an append request that touched at least one partition and did not fail as a whole.</summary>
/// <param name="Partitions">Partitions that took their share, by partition.</param>
/// <param name="Failed">Partitions that did not; empty for a whole success.</param>
public sealed record AppendOutcome(IReadOnlyList<PartitionAppend> Partitions, IReadOnlyList<PartitionFailure> Failed)
{
    /// <summary>The outcome of a request without events.</summary>
    public static AppendOutcome Nothing { get; } = new([], []);

    /// <summary>True if every share had been stored by an earlier, equal request.</summary>
    public bool IsReplay => Failed.Count == 0 && Partitions.Count > 0 && Partitions.All(p => p.IsReplay);
}

/// <summary>A partition's share, stored at consecutive offsets in request order.</summary>
/// <param name="Partition">Which partition.</param>
/// <param name="Base">First offset; null for a repeat too old to be replayed in full.</param>
/// <param name="Events">Indexes in the request, in order.</param>
/// <param name="IsReplay">Stored by an earlier, equal request.</param>
public sealed record PartitionAppend(PartitionId Partition, Offset? Base, IReadOnlyList<int> Events, bool IsReplay);

/// <param name="Partition">Which partition.</param>
/// <param name="Events">Indexes in the request, in order.</param>
/// <param name="Error">Why.</param>
public sealed record PartitionFailure(PartitionId Partition, IReadOnlyList<int> Events, HeadwaterException Error);
