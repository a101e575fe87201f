using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Membership;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Rows;
using Headwater.Log.Groups.Snapshots;
using Headwater.Log.Model;

namespace Headwater.Log.Groups.Offsets;

/// <summary>
/// Commits offsets in one transaction over the partitions' rows. Each row is conditional on the ETag at which it was checked, so a member that lost a
/// partition before the transaction commits nothing.
/// </summary>
internal sealed class OffsetCommits(GroupTable table, GroupOpener opener, GroupBlobs blobs, ChangedGroups changed, LogPositions positions)
{
    private const int Attempts = 20;

    public async Task CommitAsync(StreamDescription stream, GroupKey key, CommitRequest request, CancellationToken cancellation)
    {
        request.Require(stream);
        await positions.RequireWithinAsync(stream, request.Offsets, cancellation);
        bool isMarked = false;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            GroupState state = await FindAsync(stream, key, request, cancellation);
            RequireMay(state, request);
            PartitionRow[] rows = Advanced(await RowsAsync(stream, key, state, request, cancellation), request);
            PartitionRow[] written = [.. rows.Where(r => !IsCommitted(state, r))];
            if (written.Length == 0)
            {
                return;
            }

            if (!isMarked)
            {
                await changed.MarkAsync(stream.Name, key, cancellation);
                isMarked = true;
            }

            if (await table.ApplyAsync(key, [.. written.Select(r => r.Written())], cancellation))
            {
                return;
            }
        }

        throw GroupOpener.Contended(key);
    }

    /// <summary>
    /// The rows that the commit names, the group's, and its member's; without a member, those of all members, one of which may hold a partition.
    /// </summary>
    private async Task<GroupState> FindAsync(StreamDescription stream, GroupKey key, CommitRequest request, CancellationToken cancellation)
    {
        IEnumerable<PartitionId> named = request.Offsets.Select(o => o.Partition);
        if (await opener.FindPartAsync(stream, key, request.Member, named, cancellation) is { } part)
        {
            return part;
        }

        return request.Member is { } member
            ? await opener.FindAsync(stream, key, cancellation) ?? throw MemberRefusals.Expired(member, Generation.None)
            : await opener.FindOrCreateAsync(stream, key, cancellation);
    }

    /// <summary>
    /// Requires that the member is alive and held each partition at the generation it sends. Never re-read the generation here: that would defeat fencing.
    /// </summary>
    /// <exception cref="HeadwaterException">PartitionLost, MemberExpired, PartitionHeld.</exception>
    private static void RequireMay(GroupState state, CommitRequest request)
    {
        if (request is { Member: { } member, Generation: { } carried })
        {
            MembershipPlan.RequireAlive(state, state.Row(member), carried);
            PartitionId[] lost = [.. request.Offsets.Select(o => o.Partition).Where(p => !Holds(state.Row(p), member, carried))];
            if (lost.Length > 0)
            {
                throw MemberRefusals.Lost(member, lost, state.Group.Generation);
            }

            return;
        }

        PartitionId[] held = [.. request.Offsets.Select(o => o.Partition).Where(p => state.HolderOf(p) is not null)];
        if (held.Length > 0)
        {
            throw MemberRefusals.Held(held, state.Group.Generation);
        }
    }

    private static bool Holds(PartitionRow row, MemberName member, Generation carried) => row.Holder == member && carried >= row.Generation;

    private static bool IsCommitted(GroupState state, PartitionRow row) =>
        state.Partitions.TryGetValue(row.Partition, out PartitionRow? standing) && standing.Offset == row.Offset && standing.Metadata == row.Metadata;

    /// <summary>The partitions' rows. A missing row starts at the offset in the copy, if the copy has one.</summary>
    private async Task<PartitionRow[]> RowsAsync(
        StreamDescription stream, GroupKey key, GroupState state, CommitRequest request, CancellationToken cancellation)
    {
        PartitionRow[] rows = [.. request.Offsets.Select(o => state.Row(o.Partition))];
        if (rows.All(r => state.Partitions.ContainsKey(r.Partition)) || await blobs.ReadAsync(stream.Name, key, cancellation) is not { } stored)
        {
            return rows;
        }

        return [.. rows.Select(r => state.Partitions.ContainsKey(r.Partition) || stored.Document.Find(r.Partition) is not { } copied
            ? r
            : r with { Offset = new Offset(copied.Offset), Metadata = copied.Metadata })];
    }

    /// <summary>The rows with the requested offsets.</summary>
    /// <exception cref="HeadwaterException">CommitBehind.</exception>
    private static PartitionRow[] Advanced(PartitionRow[] rows, CommitRequest request)
    {
        (PartitionRow Row, PartitionCommit Commit)[] pairs = [.. rows.Zip(request.Offsets)];
        if (Array.Find(pairs, p => p.Row.Offset > p.Commit.Offset) is { Row: not null } behind)
        {
            throw new HeadwaterException(
                ErrorCode.CommitBehind,
                $"Partition {behind.Row.Partition} is committed at {behind.Row.Offset}, past {behind.Commit.Offset}; a commit never goes back, a reset does. "
                + "Nothing was committed.")
            {
                Facts = new CommittedFacts(
                    [.. pairs.Where(p => p.Row.Offset > p.Commit.Offset).Select(p => new PartitionOffset(p.Row.Partition.Value, p.Row.Offset!.Value.Value))]),
            };
        }

        return [.. pairs.Select(p => p.Row with { Offset = p.Commit.Offset, Metadata = p.Commit.Metadata })];
    }
}
