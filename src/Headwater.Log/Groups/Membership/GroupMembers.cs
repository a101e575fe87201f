using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Rows;
using Headwater.Log.Groups.Snapshots;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Membership;

/// <summary>Joins, renews and removes members.</summary>
internal sealed class GroupMembers(LogPorts ports, GroupTable table, GroupOpener opener, GroupBlobs blobs, KnownGroups known)
{
    /// <summary>Enough for the steps that 1,024 partitions need and for lost races.</summary>
    private const int Attempts = 50;

    public async Task<MemberAnswer> HeartbeatAsync(StreamDescription stream, GroupKey key, MemberRequest request, CancellationToken cancellation)
    {
        MemberName member = request.Member
            ?? MemberName.Parse("m-" + ports.Randomness.NextId().ToString("x32", System.Globalization.CultureInfo.InvariantCulture));
        if (!request.IsJoin && await TryRenewAsync(key, member, request, stream.Partitions, cancellation) is { } answer)
        {
            return answer;
        }

        bool renewed = false;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            GroupState state = request.IsJoin
                ? await opener.FindOrCreateAsync(stream, key, cancellation)
                : await opener.FindAsync(stream, key, cancellation) ?? throw MemberRefusals.Expired(member, Generation.None);
            MembershipPlan plan = MembershipPlan.For(state, member, request, stream.Partitions);
            if (plan.IsLongest)
            {
                await opener.LengthenSessionAsync(stream, key, plan.Session, cancellation);
            }

            if (plan.Acquire.Any(p => p.ETag is null) && await blobs.ReadAsync(stream.Name, key, cancellation) is { } copy)
            {
                plan.Restore(copy.Document);
            }

            if (plan.Writes && !await table.ApplyAsync(key, plan.Changes(), cancellation))
            {
                continue;
            }

            if (plan.ChangesGroup)
            {
                known.Forget(key);
            }

            renewed |= plan.Writes;
            if (!plan.IsStep)
            {
                return Answer(member, plan, renewed);
            }

            request = plan.Next();
        }

        throw GroupOpener.Contended(key);
    }

    /// <summary>
    /// Answers a heartbeat that changes nothing but its own member's session, from the rows of that member and of its partitions.
    /// </summary>
    /// <returns>Null if all rows must be read.</returns>
    private async Task<MemberAnswer?> TryRenewAsync(
        GroupKey key, MemberName member, MemberRequest request, int partitions, CancellationToken cancellation)
    {
        if (await known.RefreshAsync(key, member, cancellation) is not { } state)
        {
            return null;
        }

        MembershipPlan plan = MembershipPlan.For(state, member, request, partitions);
        bool isDone = !plan.ChangesGroup && (!plan.Writes || await table.ApplyAsync(key, plan.Changes(), cancellation));
        return isDone ? Answer(member, plan, plan.Writes) : null;
    }

    /// <summary>Removes a member and frees its partitions at once. Does nothing if there is no such member.</summary>
    public async Task LeaveAsync(StreamDescription stream, GroupKey key, MemberName member, Generation? generation, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            GroupState state = await opener.FindAsync(stream, key, cancellation) ?? throw GroupOpener.NotFound(key);
            if (!state.Members.TryGetValue(member, out MemberRow? row))
            {
                return;
            }

            if (generation < row.Joined)
            {
                throw MemberRefusals.Expired(member, state.Group.Generation);
            }

            const int mostPartitions = GroupTable.TransactionRows - 2;
            PartitionRow[] held = [.. state.Partitions.Values.Where(p => p.Holder == member)];
            var changes = new List<RowChange> { (state.Group with { Generation = state.Group.Generation.Next }).Written() };
            changes.AddRange(held.Take(mostPartitions).Select(p => (p with { Holder = null }).Written()));
            if (held.Length <= mostPartitions)
            {
                changes.Add(row.Deleted());
            }

            known.Forget(key);
            if (await table.ApplyAsync(key, changes, cancellation) && held.Length <= mostPartitions)
            {
                return;
            }
        }

        throw GroupOpener.Contended(key);
    }

    private static MemberAnswer Answer(MemberName member, MembershipPlan plan, bool renewed) => new(member, plan.Generation)
    {
        Partitions = [.. plan.Keep.Concat(plan.Acquire).OrderBy(p => p.Partition).Select(p => new OwnedPartition(p.Partition, p.Offset, p.Metadata))],
        Release = plan.Release,
        Renewed = renewed,
        Session = plan.Granted,
    };
}
