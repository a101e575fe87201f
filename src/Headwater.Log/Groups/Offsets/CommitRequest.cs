using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Model;

namespace Headwater.Log.Groups.Offsets;

/// <param name="Partition">Which partition.</param>
/// <param name="Offset">The next one to read.</param>
/// <param name="Metadata">Kept with it; at most <see cref="CommitRequest.MetadataMax"/> characters.</param>
public sealed record PartitionCommit(PartitionId Partition, Offset Offset, string? Metadata);

/// <summary>Offsets to be committed together or not at all.</summary>
/// <param name="Offsets">1 to <see cref="PartitionsMax"/>, each partition once.</param>
/// <param name="Member">Null: without membership.</param>
/// <param name="Generation">Of the answer under which the events were read; goes with <paramref name="Member"/>.</param>
public sealed record CommitRequest(IReadOnlyList<PartitionCommit> Offsets, MemberName? Member, Generation? Generation)
{
    /// <summary>Rows of one transaction, a limit of the service.</summary>
    public const int PartitionsMax = 100;

    public const int MetadataMax = 4_096;

    /// <exception cref="HeadwaterException">InvalidParameter, PartitionNotFound.</exception>
    internal void Require(StreamDescription stream)
    {
        if (Offsets.Count is 0 or > PartitionsMax || Offsets.Select(o => o.Partition).Distinct().Count() != Offsets.Count)
        {
            throw new HeadwaterException(ErrorCode.InvalidParameter, $"A commit must have 1 to {PartitionsMax} partitions, each at most once. Nothing was committed.");
        }

        if (Member is null != Generation is null)
        {
            throw new HeadwaterException(ErrorCode.InvalidParameter, "A commit must have both a member and a generation, or neither. Send the generation at which the member acquired its partitions.");
        }

        foreach (PartitionCommit commit in Offsets)
        {
            stream.RequirePartition(commit.Partition);
        }
    }
}
