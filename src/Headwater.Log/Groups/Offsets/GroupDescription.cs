using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;

namespace Headwater.Log.Groups.Offsets;

/// <summary>A consumer group's state.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Generation">The group's current generation.</param>
/// <param name="Members">The live members, ordered by id.</param>
/// <param name="Offsets">The partitions with a committed offset, in partition order.</param>
public sealed record GroupDescription(GroupName Group, Generation Generation, IReadOnlyList<GroupMember> Members, IReadOnlyList<CommittedOffset> Offsets)
{
    /// <summary>Sum of the lags of the partitions with a committed offset.</summary>
    public long Lag => Offsets.Sum(o => o.Lag);

    /// <summary>Sum of <see cref="CommittedOffset.Lost"/>.</summary>
    public long Lost => Offsets.Sum(o => o.Lost);
}

/// <summary>A live member of a consumer group.</summary>
/// <param name="Member">The member's id.</param>
/// <param name="Partitions">The partitions that the member holds, in order.</param>
public sealed record GroupMember(MemberName Member, IReadOnlyList<PartitionId> Partitions);

/// <summary>A group's committed offset in one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The next offset to read. Retention may have moved the log start past it; a read there fails with OffsetBelowStart.</param>
/// <param name="Metadata">The consumer's metadata, committed with the offset; null if none.</param>
/// <param name="LogStart">The log start offset: lower offsets are deleted.</param>
/// <param name="LogEnd">The log end offset, at most two seconds old.</param>
public sealed record CommittedOffset(PartitionId Partition, Offset Offset, string? Metadata, Offset LogStart, Offset LogEnd)
{
    /// <summary>Number of offsets from the committed offset, or the log start if higher, to the log end. Counts offsets that compaction removed.</summary>
    public long Lag => Math.Max(0, LogEnd - (Offset > LogStart ? Offset : LogStart));

    /// <summary>Number of offsets from the committed offset to the log start: retention deleted them before the group read them.</summary>
    public long Lost => Math.Max(0, LogStart - Offset);
}

/// <summary>A page of group names.</summary>
/// <param name="Groups">The names, in ordinal order.</param>
/// <param name="Next">The name to pass as <c>after</c> for the next page; null if this is the last page.</param>
public sealed record GroupPage(IReadOnlyList<GroupName> Groups, string? Next);
