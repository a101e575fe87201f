using Headwater.Core.Positions;

namespace Headwater.Log.Groups.Model;

/// <summary>A heartbeat: the member is alive and owns these partitions. A heartbeat with no generation and no partitions is a join.</summary>
public sealed record MemberRequest
{
    /// <summary>Session length if a joining member does not state one: 60 seconds.</summary>
    public static readonly TimeSpan SessionDefault = TimeSpan.FromSeconds(60);

    /// <summary>Shortest session: 6 seconds. The caller checks it.</summary>
    public static readonly TimeSpan SessionLeast = TimeSpan.FromSeconds(6);

    /// <summary>Longest session: 10 minutes. The caller checks it.</summary>
    public static readonly TimeSpan SessionMost = TimeSpan.FromMinutes(10);

    /// <summary>The member's id; null for a new member, which receives a random id.</summary>
    public MemberName? Member { get; init; }

    /// <summary>Wanted session length. Null: unchanged, or <see cref="SessionDefault"/> for a join. Only a join can shorten the session.</summary>
    public TimeSpan? Session { get; init; }

    /// <summary>The partitions the member continues to consume. The member gives up partitions that it held and leaves out.</summary>
    public IReadOnlySet<PartitionId> Owned { get; init; } = new HashSet<PartitionId>();

    /// <summary>
    /// The generation from the last response. If set, a partition missing from <see cref="Owned"/> counts as given up only if the member knew that it held the
    /// partition. If null, every missing partition is given up; if <see cref="Owned"/> is also empty, the request is a join.
    /// </summary>
    public Generation? Generation { get; init; }

    /// <summary>A session as stored, in milliseconds. A stored number may have any value; a session is at most one day.</summary>
    internal static TimeSpan StoredSession(long milliseconds) => TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, (long)TimeSpan.MillisecondsPerDay));

    internal bool IsJoin => Generation is null && Owned.Count == 0;

    /// <summary>A further step of a join, with the changes for which one transaction has no room.</summary>
    internal bool GoesOnJoining { get; init; }

    /// <summary>A further step of a join under the id of a live member.</summary>
    internal bool GoesOnTakingOver { get; init; }
}

/// <summary>The response to a heartbeat.</summary>
/// <param name="Member">The member's id.</param>
/// <param name="Generation">Send it with the next heartbeat, and with commits of events read under this response.</param>
public sealed record MemberAnswer(MemberName Member, Generation Generation)
{
    /// <summary>The partitions the member may consume, in partition order.</summary>
    public required IReadOnlyList<OwnedPartition> Partitions { get; init; }

    /// <summary>
    /// Partitions that the member should finish, commit, and leave out of the next <see cref="MemberRequest.Owned"/>. Unless the member lost a partition,
    /// no other member holds the partition yet.
    /// </summary>
    public required IReadOnlyList<PartitionId> Release { get; init; }

    /// <summary>
    /// True if the session was renewed: the member holds its partitions for <see cref="Session"/> from the time it sent this request, by its own clock.
    /// False if the previous session end still applies.
    /// </summary>
    public required bool Renewed { get; init; }

    /// <summary>Length of the member's session. After a join, at most <see cref="Headwater.Log.Model.LogOptions.GroupJoinSession"/>.</summary>
    public required TimeSpan Session { get; init; }

    /// <summary>When to send the next heartbeat: after a third of the session.</summary>
    public TimeSpan Heartbeat => Session / 3;
}

/// <summary>A partition that a member holds.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The committed offset, at which to continue reading; null if none was committed.</param>
/// <param name="Metadata">The consumer's metadata, committed with the offset; null if none.</param>
public sealed record OwnedPartition(PartitionId Partition, Offset? Offset, string? Metadata);
