using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;

namespace Headwater.Log.Groups.Rows;

/// <summary>A group as one query found it. Immutable; whatever is decided from it is carried out only if the rows it rests on still stand.</summary>
internal sealed record GroupState(GroupRow Group)
{
    /// <summary>Those of this incarnation.</summary>
    public required IReadOnlyDictionary<MemberName, MemberRow> Members { get; init; }

    /// <summary>Those of this incarnation.</summary>
    public required IReadOnlyDictionary<PartitionId, PartitionRow> Partitions { get; init; }

    /// <summary>ETags of what an earlier incarnation left behind: such a row is written over.</summary>
    public required IReadOnlyDictionary<string, string> Leftovers { get; init; }

    /// <summary>When the rows were last made again from the blob; null if they never were lost.</summary>
    public required DateTimeOffset? Restored { get; init; }

    /// <summary>By the service's clock, as well as it is known here.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Added before anyone else may think a session over: what the clocks of those who judge may be ahead.</summary>
    public required TimeSpan Margin { get; init; }

    /// <summary>Who held what before the rows were lost is not known, and may still be at it: nothing is given to anyone.</summary>
    public bool IsQuiet => Restored is { } restored && Now <= restored + Group.LongestSession + Margin;

    public bool IsAlive(MemberRow member) => Now <= member.Renewed + member.Session;

    /// <summary>The session has ended even on the member's own clock, because <see cref="Margin"/> has also passed.</summary>
    public bool IsGone(MemberRow member) => Now > member.Renewed + member.Session + Margin;

    /// <summary>Who may still believe to hold a partition.</summary>
    public MemberName? HolderOf(PartitionId partition) =>
        Partitions.TryGetValue(partition, out PartitionRow? row) && row.Holder is { } holder && Members.TryGetValue(holder, out MemberRow? member) && !IsGone(member) ? holder : null;

    /// <summary>The partition's row, or one to be.</summary>
    public PartitionRow Row(PartitionId partition) => Partitions.TryGetValue(partition, out PartitionRow? row)
        ? row
        : new PartitionRow(partition, Group.Incarnation) { Rewinds = Group.Rewinds, ETag = Leftovers.GetValueOrDefault(GroupKeys.Partition(partition)) };

    /// <summary>The member's row, or one to be.</summary>
    public MemberRow Row(MemberName member) => Members.TryGetValue(member, out MemberRow? row)
        ? row
        : new MemberRow(member, Group.Incarnation) { Joined = Generation.None, Session = TimeSpan.Zero, ETag = Leftovers.GetValueOrDefault(GroupKeys.Member(member)) };
}
