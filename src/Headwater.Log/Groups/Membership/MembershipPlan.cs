using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Rows;
using Headwater.Log.Groups.Snapshots;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Membership;

/// <summary>The outcome of one heartbeat, decided from the rows alone. Pure: no storage, no clock.</summary>
internal sealed class MembershipPlan
{
    /// <summary>Partitions that one transaction acquires and gives up. Leaves room for the group, the member and expired members in 100 rows.</summary>
    private const int PartitionsAStep = 60;

    private const int EvictedAStep = 30;

    /// <summary>Members that every group may have.</summary>
    private const int MembersLeast = 16;

    /// <summary>Members that a group may have per partition: one owns the partition, and another is ready to take it over.</summary>
    private const int MembersPerPartition = 2;

    private readonly GroupState _state;

    private readonly MemberRequest _request;

    private readonly MemberRow _me;

    private readonly TimeSpan? _requested;

    private MembershipPlan(GroupState state, MemberRequest request, MemberRow me)
    {
        _state = state;
        _request = request;
        _me = me;
        TimeSpan? wanted = request.Session is { } asked ? TimeSpan.FromMilliseconds((long)asked.TotalMilliseconds) : null; // Rows store milliseconds.
        (Session, _requested) = request.IsJoin ? Joined(wanted ?? MemberRequest.SessionDefault)
            : request.GoesOnJoining ? (me.Session, me.Requested)
            : (Longest(me.Session, me.Requested, wanted), null); // Never shorten: a member that missed the response still relies on the longer session.
    }

    /// <summary>The session that the member's row has.</summary>
    public TimeSpan Session { get; }

    /// <summary>The session in the answer. A member that joins must show with a heartbeat that it got the answer, before it gets a long one.</summary>
    public TimeSpan Granted => (_request.IsJoin || _request.GoesOnJoining) && Session > _state.JoinSession ? _state.JoinSession : Session;

    /// <summary>The session is longer than every earlier one in the group.</summary>
    public bool IsLongest => Session > _state.Group.LongestSession;

    /// <summary>Partitions that the member holds and keeps.</summary>
    public List<PartitionRow> Keep { get; } = [];

    /// <summary>Partitions to give to the member now: no other member can still believe that it holds them.</summary>
    public List<PartitionRow> Acquire { get; } = [];

    /// <summary>Partitions that the member has given up; this plan frees them.</summary>
    public List<PartitionRow> GiveUp { get; } = [];

    /// <summary>Partitions that the member still holds and must give up.</summary>
    public List<PartitionId> Release { get; } = [];

    /// <summary>The plan is a part of the changes, because all of them exceed one transaction. <see cref="Next"/> continues.</summary>
    public bool IsStep { get; private set; }

    /// <summary>Half the session is over, or its length changes.</summary>
    private bool IsRenewalDue => _state.Now >= _me.Renewed + (_me.Session / 2) || _me.Session != Session;

    /// <summary>
    /// The member joins under the id of a live member. The previous owner of the id may keep working until its next heartbeat, so its partitions are not yet
    /// free for other members. The previous owner may be the same process, if its first join request was delayed.
    /// </summary>
    private bool TakesOver => _request.GoesOnTakingOver || (_request.IsJoin && _state.Members.ContainsKey(_me.Member) && !_state.IsGone(_me));

    /// <summary>Membership or ownership changes, and not only the member's own session.</summary>
    public bool ChangesGroup => _request.IsJoin || IsLongest || Acquire.Count > 0 || GiveUp.Count > 0;

    public bool Writes => ChangesGroup || IsRenewalDue;

    /// <summary>The group's generation after the plan is carried out.</summary>
    public Generation Generation => ChangesGroup ? _state.Group.Generation.Next : _state.Group.Generation;

    /// <exception cref="HeadwaterException">MemberExpired, GroupFull.</exception>
    public static MembershipPlan For(GroupState state, MemberName member, MemberRequest request, int partitions)
    {
        MemberRow me = state.Row(member);
        if (request.IsJoin)
        {
            RequireRoom(state, member, partitions);
        }
        else
        {
            RequireAlive(state, me, request.Generation);
        }

        var plan = new MembershipPlan(state, request, me);
        plan.Decide(partitions);
        return plan;
    }

    /// <exception cref="HeadwaterException">GroupFull.</exception>
    private static void RequireRoom(GroupState state, MemberName member, int partitions)
    {
        int most = Math.Max(MembersLeast, MembersPerPartition * partitions);
        if (state.Members.Values.Count(m => m.Member != member && !state.IsGone(m)) >= most)
        {
            throw MemberRefusals.Full(most);
        }
    }

    /// <exception cref="HeadwaterException">MemberExpired: the session is over, the member is fenced, or another process has the id now.</exception>
    public static void RequireAlive(GroupState state, MemberRow member, Generation? generation)
    {
        bool isKnown = state.Members.ContainsKey(member.Member) && state.IsAlive(member) && !member.IsFenced;
        if (!isKnown || generation < member.Joined)
        {
            throw MemberRefusals.Expired(member.Member, state.Group.Generation);
        }
    }

    /// <summary>Sets the offsets of acquired partitions without a row from the copy, because their rows may have been lost.</summary>
    public void Restore(GroupDocument copy)
    {
        for (int i = 0; i < Acquire.Count; i++)
        {
            if (Acquire[i].ETag is null && copy.Find(Acquire[i].Partition) is { } copied)
            {
                Acquire[i] = Acquire[i] with { Offset = new Offset(copied.Offset), Metadata = copied.Metadata };
            }
        }
    }

    /// <summary>The transaction that carries out the plan. It fails as a whole if a row that the plan depends on has changed.</summary>
    public IReadOnlyList<RowChange> Changes()
    {
        MemberRow renewed = _me with { Session = Session, Requested = _requested, Joined = _request.IsJoin ? Generation : _me.Joined, IsFenced = false };
        if (!ChangesGroup)
        {
            return [renewed.Written()];
        }

        return
        [
            (_state.Group with { Generation = Generation, LongestSession = IsLongest ? Session : _state.Group.LongestSession }).Written(),
            renewed.Written(),
            .. Acquire.Select(p => (p with { Holder = _me.Member, Generation = Generation }).Written()),
            .. GiveUp.Select(p => (p with { Holder = null }).Written()),
            .. Evicted().Select(m => m.Deleted()),
        ];
    }

    /// <summary>The request that continues after this step.</summary>
    public MemberRequest Next() => _request with
    {
        Owned = Keep.Concat(Acquire).Select(p => p.Partition).Concat(Release).ToHashSet(),
        Generation = Generation,
        GoesOnJoining = _request.IsJoin || _request.GoesOnJoining,
        GoesOnTakingOver = TakesOver,
    };

    /// <summary>
    /// The row's session after a join, and the longer one to grant with the first heartbeat. Under the id of a live member, the row's session does not get
    /// shorter than that member's unless the join asks for it: the join may be a late one of the same process, which relies on the longer session.
    /// </summary>
    private (TimeSpan Session, TimeSpan? Requested) Joined(TimeSpan wanted)
    {
        TimeSpan first = wanted < _state.JoinSession ? wanted : _state.JoinSession;
        TimeSpan session = TakesOver && _me.Session > first ? (wanted < _me.Session ? wanted : _me.Session) : first;
        return (session, wanted > session ? wanted : null);
    }

    private static TimeSpan Longest(TimeSpan session, params ReadOnlySpan<TimeSpan?> others)
    {
        foreach (TimeSpan? other in others)
        {
            session = other > session ? other.Value : session;
        }

        return session;
    }

    private void Decide(int partitions)
    {
        PartitionRow[] held = [.. _state.Partitions.Values.Where(p => p.Holder == _me.Member && _state.Members.ContainsKey(_me.Member))];
        HashSet<PartitionId> left = [.. held.Where(IsLeftOut).Select(p => p.Partition)];
        IReadOnlyDictionary<PartitionId, MemberName> target = Target(partitions, left);
        foreach (PartitionRow row in held.Where(p => !left.Contains(p.Partition)).OrderBy(p => p.Partition))
        {
            if (target[row.Partition] == _me.Member)
            {
                Keep.Add(row);
            }
            else
            {
                Release.Add(row.Partition);
            }
        }

        foreach (PartitionId partition in target.Where(t => t.Value == _me.Member).Select(t => t.Key).Order())
        {
            bool isFree = left.Contains(partition) || _state.HolderOf(partition) is null;
            if (isFree && !_state.IsQuiet)
            {
                Acquire.Add(_state.Row(partition));
            }
        }

        PartitionRow[] unwanted = [.. held.Where(p => left.Contains(p.Partition) && !Acquire.Contains(p))];
        if (TakesOver)
        {
            Release.AddRange(unwanted.Select(p => p.Partition));
        }
        else
        {
            GiveUp.AddRange(unwanted);
        }

        LimitToAStep();
        Release.AddRange(_request.Owned
            .Where(o => o.Value < partitions && !Keep.Concat(Acquire).Any(p => p.Partition == o) && !Release.Contains(o))
            .Order()
            .ToArray());
    }

    /// <summary>A member gives up only partitions that it knew it held. A member that joins again knows of none.</summary>
    private bool IsLeftOut(PartitionRow row) =>
        !_request.Owned.Contains(row.Partition) && (_request.Generation is not { } generation || generation >= row.Generation);

    private IReadOnlyDictionary<PartitionId, MemberName> Target(int partitions, HashSet<PartitionId> left)
    {
        MemberName[] members = [.. _state.Members.Values.Where(m => !_state.IsGone(m)).Select(m => m.Member).Append(_me.Member).Distinct()];
        var holders = new Dictionary<PartitionId, MemberName>();
        foreach (PartitionId partition in Enumerable.Range(0, partitions).Select(p => new PartitionId(p)))
        {
            // A member that joins again gets back as many of its partitions as possible.
            bool isSpoken = !left.Contains(partition) || _request.IsJoin || TakesOver;
            if (isSpoken && Holder(partition) is { } holder)
            {
                holders[partition] = holder;
            }
        }

        return Assignor.Assign(partitions, members, holders);
    }

    private MemberName? Holder(PartitionId partition) => _state.Row(partition).Holder == _me.Member ? _me.Member : _state.HolderOf(partition);

    private void LimitToAStep()
    {
        IsStep = GiveUp.Count + Acquire.Count > PartitionsAStep || Acquire.Select(p => p.Holder).Distinct().Count() > EvictedAStep;
        GiveUp.RemoveRange(Math.Min(PartitionsAStep, GiveUp.Count), Math.Max(0, GiveUp.Count - PartitionsAStep));
        int room = PartitionsAStep - GiveUp.Count;
        Acquire.RemoveRange(Math.Min(room, Acquire.Count), Math.Max(0, Acquire.Count - room));
        while (Acquire.Select(p => p.Holder).Distinct().Count() > EvictedAStep)
        {
            Acquire.RemoveAt(Acquire.Count - 1);
        }
    }

    /// <summary>
    /// The expired members to delete. Members whose partitions are acquired come first: deleting their rows ensures that a concurrent renewal and this
    /// transaction cannot both succeed. Other expired members follow if there is room.
    /// </summary>
    private IEnumerable<MemberRow> Evicted()
    {
        HashSet<MemberName> taken = [.. Acquire.Select(p => p.Holder).OfType<MemberName>()];
        return _state.Members.Values.Where(m => m.Member != _me.Member && _state.IsGone(m)).OrderByDescending(m => taken.Contains(m.Member)).Take(EvictedAStep);
    }
}
