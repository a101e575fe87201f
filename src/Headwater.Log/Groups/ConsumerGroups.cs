using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Membership;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Groups.Rows;
using Headwater.Log.Groups.Snapshots;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups;

/// <summary>
/// Consumer groups store consumers' offsets and divide partitions among members. There is no coordinator: the instance that receives a request decides from
/// the table rows (docs/decisions/0008-consumer-groups.md).
/// </summary>
public sealed class ConsumerGroups
{
    private readonly GroupTable _table;

    private readonly GroupBlobs _blobs;

    private readonly GroupNames _names;

    private readonly GroupOpener _opener;

    private readonly GroupSnapshotWriter _copier;

    private readonly GroupMembers _members;

    private readonly OffsetCommits _commits;

    private readonly OffsetReset _reset;

    private readonly LogPositions _positions;

    private readonly GroupLag _lag;

    private readonly Func<StreamDescription, CancellationToken, Task<StreamDescription>> _reloadStream;

    internal ConsumerGroups(
        LogPorts ports, LogOptions options, LogEnds ends, GroupLag lag, Func<StreamDescription, CancellationToken, Task<StreamDescription>> reloadStream)
    {
        _lag = lag;
        _reloadStream = reloadStream;
        _table = new GroupTable(ports, options);
        _blobs = new GroupBlobs(ports);
        _names = new GroupNames(ports, _blobs);
        _positions = new LogPositions(ports.Time, ends);
        var changed = new ChangedGroups(ports);
        var known = new KnownGroups(_table, ports);
        _opener = new GroupOpener(ports, _table, _blobs, _names, new GroupSight(known, lag), reloadStream);
        _copier = new GroupSnapshotWriter(ports, _table, _blobs, _names, changed, lag);
        _members = new GroupMembers(ports, _table, _opener, _blobs, known);
        _commits = new OffsetCommits(_table, _opener, _blobs, changed, _positions);
        _reset = new OffsetReset(_table, _opener, _blobs, changed, _positions);
    }

    /// <summary>A page of a stream's groups, ordered by name. Costs one read and one query.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="after">Lists names after this one; null for the first page.</param>
    /// <param name="limit">Maximum number of names.</param>
    /// <param name="cancellation">Stops the calls.</param>
    public async Task<GroupPage> ListAsync(StreamDescription stream, string? after, int limit, CancellationToken cancellation)
    {
        IReadOnlyList<string> names = await _names.ListAsync(stream, after, limit, cancellation);
        return new GroupPage([.. names.Select(GroupName.Parse)], names.Count == limit ? names[^1] : null);
    }

    /// <summary>Members, offsets and lag. Costs one query, and one read per committed partition whose log end was not read in the last two seconds.</summary>
    /// <exception cref="HeadwaterException">GroupNotFound.</exception>
    public async Task<GroupDescription> DescribeAsync(StreamDescription stream, GroupName group, CancellationToken cancellation)
    {
        GroupKey key = Key(stream, group);
        GroupState state = await _opener.FindAsync(stream, key, cancellation) ?? throw GroupOpener.NotFound(key);
        PartitionRow[] committed = [.. state.Partitions.Values.Where(p => p.Offset is not null).OrderBy(p => p.Partition)];
        IReadOnlyDictionary<PartitionId, Offset> ends = await _positions.EndsAsync(stream, committed.Select(p => p.Partition), cancellation);
        foreach ((PartitionId partition, Offset end) in ends)
        {
            _lag.See(stream.Name, partition, stream.LogStart(partition), end);
        }

        return new GroupDescription(
            group,
            state.Group.Generation,
            [.. state.Members.Values.Where(m => state.IsAlive(m) && !m.IsFenced).OrderBy(m => m.Member).Select(m => Describe(state, m))],
            [.. committed.Select(p => new CommittedOffset(p.Partition, p.Offset!.Value, p.Metadata, stream.LogStart(p.Partition), ends[p.Partition]))]);
    }

    /// <summary>
    /// Deletes a group with its offsets and members. Costs one blob delete, two queries, one transaction per 100 rows, and two or three calls for the group's
    /// name. A member that joins during the call loses its partitions at its next heartbeat.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="group">The group.</param>
    /// <param name="force">Deletes the group even if it has live members, which keep working until their next heartbeat.</param>
    /// <param name="cancellation">Stops the calls.</param>
    /// <exception cref="HeadwaterException">GroupNotFound; GroupActive: the group has live members, and nothing was deleted.</exception>
    public async Task DeleteAsync(StreamDescription stream, GroupName group, bool force, CancellationToken cancellation)
    {
        GroupKey key = Key(stream, group);
        GroupState? state = _table.Read(await _table.QueryAsync(key, cancellation));
        if (state is not null && !force)
        {
            MemberRefusals.RequireNoLive(group, state, "delete the group with force=true; they keep working until their next heartbeat");
        }

        bool existed = await _blobs.DeleteAsync(stream.Name, key, cancellation); // Delete the blob first: rows without a blob are never restored.
        if (!existed && state is null)
        {
            throw GroupOpener.NotFound(key);
        }

        await _copier.RemoveRowsAsync(stream.Name, key, cancellation);
        _lag.Forget(stream.Name, group);
    }

    /// <summary>
    /// Joins a member, or renews its session and reassigns partitions. Costs one query, and one transaction if half the session is over or a partition changes
    /// its holder; one query more if the group has changed since this process read it. The first join creates the group.
    /// </summary>
    /// <exception cref="HeadwaterException">MemberExpired; GroupChanged: the request lost every race to other requests.</exception>
    public Task<MemberAnswer> JoinAsync(StreamDescription stream, GroupName group, MemberRequest request, CancellationToken cancellation) =>
        _members.HeartbeatAsync(stream, Key(stream, group), request, cancellation);

    /// <summary>
    /// Removes a member and frees its partitions at once. Does nothing if the group has no such member. Costs one query and one transaction per 98 partitions.
    /// </summary>
    /// <exception cref="HeadwaterException">GroupNotFound; MemberExpired: another process has the member's id now; GroupChanged.</exception>
    public Task LeaveAsync(StreamDescription stream, GroupName group, MemberName member, Generation? generation, CancellationToken cancellation) =>
        _members.LeaveAsync(stream, Key(stream, group), member, generation, cancellation);

    /// <summary>
    /// Commits offsets, all or none. Costs one query and one transaction, one write per minute and group to mark the group as changed, and one read for each
    /// offset beyond the log end that this process knows. A commit without membership creates the group.
    /// </summary>
    /// <exception cref="HeadwaterException">
    /// InvalidParameter, PartitionNotFound, OffsetBeyondEnd, PartitionLost, MemberExpired, PartitionHeld, CommitBehind, GroupChanged.
    /// </exception>
    public Task CommitAsync(StreamDescription stream, GroupName group, CommitRequest request, CancellationToken cancellation) =>
        _commits.CommitAsync(stream, Key(stream, group), request, cancellation);

    /// <summary>
    /// Moves committed offsets back or forward. Costs one read of the stream's document, for its log starts, two queries, one blob read and write, one read per
    /// partition, and one transaction per 99 rows.
    /// </summary>
    /// <exception cref="HeadwaterException">GroupNotFound, PartitionNotFound, GroupActive, GroupChanged, StreamNotFound, StreamChanged.</exception>
    public async Task<ResetOutcome> ResetAsync(StreamDescription stream, GroupName group, ResetRequest request, CancellationToken cancellation) =>
        await _reset.ResetAsync(await _reloadStream(stream, cancellation), Key(stream, group), request, cancellation);

    /// <summary>
    /// Copies the offsets of changed groups to their blobs. A timer calls it once a minute. If the tables are lost, groups restart from the last copy.
    /// </summary>
    /// <param name="budget">After this time, no further group is started.</param>
    /// <param name="cancellation">Stops the calls.</param>
    public Task<GroupSnapshotReport> CopyChangedAsync(TimeSpan budget, CancellationToken cancellation) => _copier.CopyChangedAsync(budget, cancellation);

    private static GroupMember Describe(GroupState state, MemberRow member) =>
        new(member.Member, [.. state.Partitions.Values.Where(p => p.Holder == member.Member).Select(p => p.Partition).Order()]);

    private static GroupKey Key(StreamDescription stream, GroupName group) => new(stream.StreamId, group);
}
