using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;

namespace Headwater.Log.Groups.Offsets;

/// <param name="Group">Its name.</param>
/// <param name="Generation">Now.</param>
/// <param name="Members">Alive, by id.</param>
/// <param name="Offsets">Of the partitions with a committed offset, in order.</param>
public sealed record GroupDescription(GroupName Group, Generation Generation, IReadOnlyList<GroupMember> Members, IReadOnlyList<CommittedOffset> Offsets)
{
    /// <summary>Events not yet consumed of the partitions with a committed offset.</summary>
    public long Lag => Offsets.Sum(o => o.Lag);
}

public sealed record GroupMember(MemberName Member, IReadOnlyList<PartitionId> Partitions);

/// <param name="Partition">Which partition.</param>
/// <param name="Offset">The next one to read; may be below the log start, then reading it says 410.</param>
/// <param name="Metadata">Committed with it.</param>
/// <param name="LogStart">First offset still there.</param>
/// <param name="LogEnd">At most two seconds old.</param>
public sealed record CommittedOffset(PartitionId Partition, Offset Offset, string? Metadata, Offset LogStart, Offset LogEnd)
{
    /// <summary>Offsets still to be read; those below the log start do not count.</summary>
    public long Lag => Math.Max(0, LogEnd - (Offset > LogStart ? Offset : LogStart));
}

/// <param name="Groups">In name order.</param>
/// <param name="Next">Name to pass as <c>after</c> for the next page; null at the end.</param>
public sealed record GroupPage(IReadOnlyList<GroupName> Groups, string? Next);
