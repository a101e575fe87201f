using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;

namespace Headwater.Log.Groups.Rows;

/// <summary>A group's rows as one query read them. Immutable. A decision based on it takes effect only if the rows it depends on have not changed.</summary>
internal sealed record GroupState(GroupRow Group)
{
    /// <summary>The members of this incarnation, expired ones included.</summary>
    public required IReadOnlyDictionary<MemberName, MemberRow> Members { get; init; }

    /// <summary>The partition rows of this incarnation. A partition without commit or holder may have none.</summary>
    public required IReadOnlyDictionary<PartitionId, PartitionRow> Partitions { get; init; }

    /// <summary>By row key: ETags of rows left by an earlier incarnation. Such a row is overwritten.</summary>
    public required IReadOnlyDictionary<string, string> Leftovers { get; init; }

    /// <summary>The committed offsets.</summary>
    public IReadOnlyList<(PartitionId Partition, Offset Offset)> Committed =>
        [.. Partitions.Values.Where(p => p.Offset is not null).Select(p => (p.Partition, p.Offset!.Value))];

    /// <summary>When the rows were last restored from the blob; null if they never were.</summary>
    public required DateTimeOffset? Restored { get; init; }

    /// <summary>Time of the query, by this process's estimate of the service's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Added to a session's end before other processes treat the session as over: the most that an instance's clock may be ahead.</summary>
    public required TimeSpan Margin { get; init; }

    /// <summary>Longest session of a member that has sent no heartbeat yet.</summary>
    public required TimeSpan JoinSession { get; init; }

    /// <summary>True while the holders from before a loss of the rows are unknown and may still be active: no partition is assigned.</summary>
    public bool IsQuiet => Restored is { } restored && Now <= restored + Group.LongestSession + Margin;

    public bool IsAlive(MemberRow member) => Now <= member.Renewed + member.Session;

    /// <summary>The session has ended even on the member's own clock, because <see cref="Margin"/> has also passed.</summary>
    public bool IsGone(MemberRow member) => Now > member.Renewed + member.Session + Margin;

    /// <summary>The members that may still work: a fenced member must rejoin first.</summary>
    public IEnumerable<MemberRow> Live => Members.Values.Where(m => !IsGone(m) && !m.IsFenced);

    /// <summary>The member that may still believe that it holds the partition; null if none.</summary>
    public MemberName? HolderOf(PartitionId partition) =>
        Partitions.TryGetValue(partition, out PartitionRow? row)
        && row.Holder is { } holder
        && Members.TryGetValue(holder, out MemberRow? member)
        && !IsGone(member)
            ? holder
            : null;

    /// <summary>The partition's row, or a new row that is not stored yet.</summary>
    public PartitionRow Row(PartitionId partition) => Partitions.TryGetValue(partition, out PartitionRow? row)
        ? row
        : new PartitionRow(partition, Group.Incarnation) { Rewinds = Group.Rewinds, ETag = Leftovers.GetValueOrDefault(GroupKeys.Partition(partition)) };

    /// <summary>The member's row, or a new row that is not stored yet.</summary>
    public MemberRow Row(MemberName member) => Members.TryGetValue(member, out MemberRow? row)
        ? row
        : new MemberRow(member, Group.Incarnation)
        {
            Joined = Generation.None,
            Session = TimeSpan.Zero,
            ETag = Leftovers.GetValueOrDefault(GroupKeys.Member(member)),
        };
}
