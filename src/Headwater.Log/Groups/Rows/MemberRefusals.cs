using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;

namespace Headwater.Log.Groups.Rows;

/// <summary>What members are told that lost something; each with the group's generation as it is now.</summary>
internal static class MemberRefusals
{
    public static HeadwaterException Expired(MemberName member, Generation now) =>
        new(ErrorCode.MemberExpired, $"Member '{member}' is none any more: its session is over, it left, or another process joined under its id. Drop everything and join with nothing owned.")
        {
            Facts = new GenerationFacts(now.Value),
        };

    public static HeadwaterException Lost(MemberName member, IReadOnlyList<PartitionId> partitions, Generation now) =>
        new(ErrorCode.PartitionLost, $"Member '{member}' does not hold {Names(partitions)}, or acquired it at a later generation than it sent; nothing was committed.")
        {
            Facts = new PartitionsFacts(now.Value, [.. partitions.Select(p => p.Value)]),
        };

    public static HeadwaterException Held(IReadOnlyList<PartitionId> partitions, Generation now) =>
        new(ErrorCode.PartitionHeld, $"A member holds {Names(partitions)}; only it commits there. Nothing was committed.")
        {
            Facts = new PartitionsFacts(now.Value, [.. partitions.Select(p => p.Value)]),
        };

    private static string Names(IReadOnlyList<PartitionId> partitions) => partitions.Count == 1 ? $"partition {partitions[0]}" : $"partitions {string.Join(", ", partitions)}";
}
