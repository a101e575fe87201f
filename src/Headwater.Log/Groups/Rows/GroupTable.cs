using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Rows;

/// <summary>Reads and changes the rows of one group.</summary>
internal sealed class GroupTable(LogPorts ports, LogOptions options)
{
    /// <summary>Rows a transaction takes (a limit of the service).</summary>
    public const int TransactionRows = 100;

    /// <summary>Everything of a group: one query, and one more for every 1,000 rows.</summary>
    public async Task<IReadOnlyList<TableRow>> QueryAsync(GroupKey key, CancellationToken cancellation) =>
        await ports.Tables.QueryAllAsync(GroupKeys.Table, key.Partition, null, cancellation);

    /// <summary>One transaction.</summary>
    /// <returns>False if some row was not as expected: nothing has changed.</returns>
    public async Task<bool> ApplyAsync(GroupKey key, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        await ApplyForETagsAsync(key, changes, cancellation) is not null;

    /// <summary>One transaction.</summary>
    /// <returns>The rows' new ETags, or null if some row was not as expected.</returns>
    public async Task<IReadOnlyList<string?>?> ApplyForETagsAsync(GroupKey key, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        await ports.Tables.ApplyAsync(GroupKeys.Table, key.Partition, changes, cancellation);

    /// <returns>Null if the group's own row is not among them.</returns>
    public GroupState? Read(IReadOnlyList<TableRow> rows)
    {
        if (rows.FirstOrDefault(r => r.Id.Row == GroupKeys.Group) is not { } own || GroupRow.Read(own) is not { } group)
        {
            return null;
        }

        var members = new Dictionary<MemberName, MemberRow>();
        var partitions = new Dictionary<PartitionId, PartitionRow>();
        var leftovers = new Dictionary<string, string>();
        foreach (TableRow row in rows)
        {
            if (GroupKeys.IsMember(row.Id.Row) && MemberRow.Read(row) is { } member && member.Incarnation == group.Incarnation)
            {
                members[member.Member] = member;
            }
            else if (GroupKeys.IsPartition(row.Id.Row) && PartitionRow.Read(row) is { } partition && partition.Incarnation == group.Incarnation)
            {
                partitions[partition.Partition] = partition;
            }
            else if (row.Id.Row is not (GroupKeys.Group or GroupKeys.Restored))
            {
                leftovers[row.Id.Row] = row.ETag;
            }
        }

        return new GroupState(group)
        {
            Members = members,
            Partitions = partitions,
            Leftovers = leftovers,
            Restored = rows.FirstOrDefault(r => r.Id.Row == GroupKeys.Restored)?.Changed,
            Now = Now(rows),
            Margin = options.GroupClockMargin,
        };
    }

    /// <summary>No row is from the future: the newest one says how late it is at the least, should the clock here have stood still.</summary>
    private DateTimeOffset Now(IReadOnlyList<TableRow> rows)
    {
        DateTimeOffset clock = ports.Clock.Now().ToDateTimeOffset();
        DateTimeOffset newest = rows.Max(r => r.Changed);
        return newest > clock ? newest : clock;
    }
}
