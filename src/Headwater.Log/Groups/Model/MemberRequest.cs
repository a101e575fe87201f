using Headwater.Core.Positions;

namespace Headwater.Log.Groups.Model;

/// <summary>A member says that it is alive and what it owns; joining is the same with nothing owned.</summary>
public sealed record MemberRequest
{
    public static readonly TimeSpan SessionDefault = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan SessionLeast = TimeSpan.FromSeconds(6);

    public static readonly TimeSpan SessionMost = TimeSpan.FromMinutes(10);

    /// <summary>Null: one is made up, for a member that has none yet.</summary>
    public MemberName? Member { get; init; }

    /// <summary>Null: as before, or <see cref="SessionDefault"/>. Only a member that owns nothing can shorten it.</summary>
    public TimeSpan? Session { get; init; }

    /// <summary>What it goes on working on. A partition it held and leaves out is given up.</summary>
    public IReadOnlySet<PartitionId> Owned { get; init; } = new HashSet<PartitionId>();

    /// <summary>
    /// The generation from the last response. If set, a partition missing from <see cref="Owned"/> counts as given up only if the member knew that it held the
    /// partition. If null, every missing partition is given up; if <see cref="Owned"/> is also empty, the request is a join.
    /// </summary>
    public Generation? Generation { get; init; }

    internal bool IsJoin => Generation is null && Owned.Count == 0;

    /// <summary>A later step of a join under an id that is alive.</summary>
    internal bool GoesOnTakingOver { get; init; }
}

/// <param name="Member">Its id.</param>
/// <param name="Generation">To be sent with the next heartbeat, and with commits of what was read under this answer.</param>
public sealed record MemberAnswer(MemberName Member, Generation Generation)
{
    /// <summary>What it may work on, in order.</summary>
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

    public required TimeSpan Session { get; init; }

    /// <summary>How soon to ask again.</summary>
    public TimeSpan Heartbeat => Session / 3;
}

/// <param name="Partition">Which partition.</param>
/// <param name="Offset">Committed: where to go on reading. Null if nothing ever was.</param>
/// <param name="Metadata">Committed with it.</param>
public sealed record OwnedPartition(PartitionId Partition, Offset? Offset, string? Metadata);
