using Headwater.Contracts.Answers;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;

namespace Headwater.Http.Groups;

/// <summary>Groups as answers.</summary>
internal static class GroupJson
{
    public static GroupListAnswer Of(GroupPage page) => new([.. page.Groups.Select(g => new GroupNameAnswer(g.Value))], page.Next);

    public static GroupAnswer Of(GroupDescription group) => new(
        group.Group.Value,
        group.Generation.Value,
        [.. group.Members.Select(m => new GroupMemberAnswer(m.Member.Value, Numbers(m.Partitions)))],
        [.. group.Offsets.Select(Of)],
        group.Lag,
        group.Lost);

    public static MemberBeatAnswer Of(MemberAnswer answer) => new(
        answer.Member.Value,
        answer.Generation.Value,
        Numbers(answer.Partitions.Select(p => p.Partition)),
        Numbers(answer.Release),
        [.. answer.Partitions.Where(p => p.Offset is not null).Select(p => new CommittedOffsetAnswer(p.Partition.Value, p.Offset!.Value.Value, p.Metadata))],
        Durations.Format(answer.Heartbeat),
        Durations.Format(answer.Session),
        answer.Renewed);

    public static OffsetResetAnswer Of(ResetOutcome outcome) => new(
        outcome.Generation.Value,
        outcome.Applied,
        [.. outcome.Offsets.Select(o => new ResetOffsetAnswer(o.Partition.Value, o.Before?.Value, o.After.Value))]);

    private static GroupOffsetAnswer Of(CommittedOffset offset) => new(
        offset.Partition.Value,
        offset.Offset.Value,
        offset.Metadata,
        offset.LogStart.Value,
        offset.LogEnd.Value,
        offset.Lag,
        offset.Lost);

    private static int[] Numbers(IEnumerable<PartitionId> partitions) => [.. partitions.Select(p => p.Value)];
}
