using Headwater.Contracts.Errors;
using Headwater.Core.Positions;

namespace Headwater.Log.Append;

/// <summary>The outcome of an append request of which at least one partition stored its share.</summary>
/// <param name="Partitions">The partitions that stored their share, in partition order.</param>
/// <param name="Failed">The partitions that failed, in partition order; empty if all succeeded.</param>
public sealed record AppendOutcome(IReadOnlyList<PartitionAppend> Partitions, IReadOnlyList<PartitionFailure> Failed)
{
    /// <summary>The outcome of a request without events.</summary>
    public static AppendOutcome Nothing { get; } = new([], []);

    /// <summary>True if an earlier, equal request stored every share.</summary>
    public bool IsReplay => Failed.Count == 0 && Partitions.Count > 0 && Partitions.All(p => p.IsReplay);
}

/// <summary>A partition's share, stored at consecutive offsets in request order.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Base">Offset of the first event; null for a repeat whose offset is no longer remembered.</param>
/// <param name="Events">Each event's index in the request, from 0, ascending.</param>
/// <param name="IsReplay">True if an earlier, equal request stored the share.</param>
public sealed record PartitionAppend(PartitionId Partition, Offset? Base, IReadOnlyList<int> Events, bool IsReplay);

/// <summary>A partition's share that was not stored, or, with <see cref="ErrorCode.AppendUnknown"/>, may have been stored.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Events">Each event's index in the request, from 0, ascending.</param>
/// <param name="Error">The reason.</param>
public sealed record PartitionFailure(PartitionId Partition, IReadOnlyList<int> Events, HeadwaterException Error);
