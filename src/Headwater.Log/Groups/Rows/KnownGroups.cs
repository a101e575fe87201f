using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Groups.Rows;

/// <summary>
/// The groups whose rows this process has read as a whole, up to a number of bytes. Every change of membership or ownership writes the group's row. While its
/// ETag is the same, only sessions and offsets can have changed, so a heartbeat reads the group's row, its member's and its partitions'. Thread-safe.
/// </summary>
internal sealed class KnownGroups(GroupTable table, LogPorts ports, long mostBytes = KnownGroups.MostBytes)
{
    private const long MostBytes = 16 << 20;

    private const int RowBytes = 512;

    private readonly LruCache<Known> _groups = new(mostBytes);

    /// <summary>Remembers all rows of a group.</summary>
    public void Put(GroupKey key, GroupState state) =>
        _groups.Set(key.Partition, new Known(state, ports.Time.GetTimestamp()), RowBytes * (1L + state.Members.Count + state.Partitions.Count));

    /// <summary>Makes the next request read all rows.</summary>
    public void Forget(GroupKey key) => _groups.Remove(key.Partition);

    /// <summary>
    /// The group as its rows were when they were all read, with the member's session and the offsets of its partitions as they are now. Costs one query, or
    /// none if all rows must be read: the group is unknown, half of the member's session has passed since, or another member's session is over unless it
    /// was renewed. So a partition is taken over no later than if every heartbeat read all rows.
    /// </summary>
    /// <returns>Null if all rows must be read.</returns>
    public async Task<GroupState?> RefreshAsync(GroupKey key, MemberName member, CancellationToken cancellation)
    {
        if (!_groups.TryGet(key.Partition, out Known? known)
            || !known.State.Members.TryGetValue(member, out MemberRow? me)
            || ports.Time.GetElapsedTime(known.At) >= me.Session / 2
            || MayBeGone(known.State, member, ports.Clock.Now().ToDateTimeOffset()))
        {
            return null;
        }

        PartitionId[] own = [.. known.State.Partitions.Values.Where(p => p.Holder == member).Select(p => p.Partition)];
        GroupState? now = table.Read(await table.QueryAsync(key, GroupRanges.Of(member, own), cancellation));
        bool isSame = now is not null && now.Group.ETag == known.State.Group.ETag && !MayBeGone(known.State, member, now.Now);
        return isSame ? Refreshed(known.State, now!, member, own) : null;
    }

    private static bool MayBeGone(GroupState state, MemberName member, DateTimeOffset now)
    {
        GroupState later = state with { Now = now };
        return state.Members.Values.Any(m => m.Member != member && later.IsGone(m));
    }

    private static GroupState Refreshed(GroupState before, GroupState now, MemberName member, PartitionId[] own)
    {
        var members = new Dictionary<MemberName, MemberRow>(before.Members);
        var partitions = new Dictionary<PartitionId, PartitionRow>(before.Partitions);
        Replace(members, now.Members, member);
        foreach (PartitionId partition in own)
        {
            Replace(partitions, now.Partitions, partition);
        }

        return before with { Members = members, Partitions = partitions, Now = now.Now };
    }

    private static void Replace<TKey, TRow>(Dictionary<TKey, TRow> rows, IReadOnlyDictionary<TKey, TRow> now, TKey key)
        where TKey : notnull
    {
        if (now.TryGetValue(key, out TRow? row))
        {
            rows[key] = row;
        }
        else
        {
            rows.Remove(key);
        }
    }

    private sealed record Known(GroupState State, long At);
}
