using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Rows;

/// <summary>Reads and changes the rows of one group.</summary>
internal sealed class GroupTable(LogPorts ports, LogOptions options)
{
    /// <summary>Maximum rows of a transaction, a limit of the service.</summary>
    public const int TransactionRows = 100;

    /// <summary>Reads all rows of a group. Costs one query per 1,000 rows.</summary>
    public Task<IReadOnlyList<TableRow>> QueryAsync(GroupKey key, CancellationToken cancellation) => QueryAsync(key, [RowRange.All], cancellation);

    /// <summary>
    /// Reads the rows in some ranges. Costs one query per 1,000 rows. The service's clock is observed with every answer: an instance that was frozen judges
    /// sessions by it.
    /// </summary>
    public async Task<IReadOnlyList<TableRow>> QueryAsync(GroupKey key, IReadOnlyList<RowRange> ranges, CancellationToken cancellation)
    {
        RowsRead read = await ports.Tables.QueryRangesAsync(GroupKeys.Table, key.Partition, ranges, cancellation);
        ports.Clock.Observe(read.Date);
        return read.Rows;
    }

    /// <summary>Applies up to 100 changes in one transaction.</summary>
    /// <returns>False if a row did not match its condition; nothing was changed.</returns>
    public async Task<bool> ApplyAsync(GroupKey key, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        await ApplyForETagsAsync(key, changes, cancellation) is not null;

    /// <summary>As <see cref="ApplyAsync"/>, and returns the new ETags.</summary>
    /// <returns>The rows' new ETags, in order; null if a row did not match its condition.</returns>
    public async Task<IReadOnlyList<string?>?> ApplyForETagsAsync(GroupKey key, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        await ports.Tables.ApplyAsync(GroupKeys.Table, key.Partition, changes, cancellation);

    /// <summary>Interprets the rows of one group.</summary>
    /// <returns>Null if the group's own row is missing.</returns>
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
            JoinSession = options.GroupJoinSession,
        };
    }

    /// <summary>The service timestamps every row, so the newest row is a lower bound of the current time even if this process was frozen.</summary>
    private DateTimeOffset Now(IReadOnlyList<TableRow> rows)
    {
        DateTimeOffset clock = ports.Clock.Now().ToDateTimeOffset();
        DateTimeOffset newest = rows.Max(r => r.Changed);
        return newest > clock ? newest : clock;
    }
}
