using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;

namespace Headwater.Log.Groups.Rows;

/// <summary>Errors for members that lost partitions or their session. Each has the group's current generation.</summary>
internal static class MemberRefusals
{
    public static HeadwaterException Expired(MemberName member, Generation now) =>
        new(
            ErrorCode.MemberExpired,
            $"Member '{member}' expired, left, or was replaced by another process with its id. Stop all work and rejoin with no owned partitions.")
        {
            Facts = new GenerationFacts(now.Value),
        };

    public static HeadwaterException Lost(MemberName member, IReadOnlyList<PartitionId> partitions, Generation now) =>
        new(ErrorCode.PartitionLost, $"Member '{member}' did not hold {Names(partitions)} at the generation it sent. Nothing was committed.")
        {
            Facts = new PartitionsFacts(now.Value, [.. partitions.Select(p => p.Value)]),
        };

    public static HeadwaterException Held(IReadOnlyList<PartitionId> partitions, Generation now) =>
        new(ErrorCode.PartitionHeld, $"Another member holds {Names(partitions)}; only the holder can commit. Nothing was committed.")
        {
            Facts = new PartitionsFacts(now.Value, [.. partitions.Select(p => p.Value)]),
        };

    /// <param name="group">The group.</param>
    /// <param name="state">The group's rows.</param>
    /// <param name="remedy">What to do instead of stopping the members.</param>
    /// <exception cref="HeadwaterException">GroupActive: the group has live members.</exception>
    public static void RequireNoLive(GroupName group, GroupState state, string remedy)
    {
        string[] live = [.. state.Live.Select(m => m.Member.Value).Order(StringComparer.Ordinal)];
        if (live.Length > 0)
        {
            throw new HeadwaterException(ErrorCode.GroupActive, $"Group '{group}' has live members. Stop them, or {remedy}.")
            {
                Facts = new GroupActiveFacts(state.Group.Generation.Value, live),
            };
        }
    }

    public static HeadwaterException Full(int most) =>
        new(
            ErrorCode.GroupFull,
            $"The group has {most} members, the most that its stream allows: 2 for each partition, and at least 16. "
            + "Stop members, or join again when a member has left or its session is over.");

    private static string Names(IReadOnlyList<PartitionId> partitions) =>
        partitions.Count == 1 ? $"partition {partitions[0]}" : $"partitions {string.Join(", ", partitions)}";
}
