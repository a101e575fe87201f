using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Groups.Rows;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Snapshots;

/// <summary>Reads a group's rows, and restores them from the group's blob if they are lost. A new group's blob is created before its rows.</summary>
internal sealed class GroupOpener(
    LogPorts ports,
    GroupTable table,
    GroupBlobs blobs,
    GroupNames names,
    GroupSight sight,
    Func<StreamDescription, CancellationToken, Task<StreamDescription>> reloadStream)
{
    private const int Attempts = 10;

    /// <summary>
    /// Generations skipped by a restore, so that the restored generation is above all earlier ones. One minute in milliseconds: more than clocks may differ,
    /// and more generations than a group created just before the loss can have used.
    /// </summary>
    private const int GenerationsSkipped = 60_000;

    /// <summary>
    /// Reads the group's rows with one query. If the rows are lost, restores them from the copy: one read, one query and one transaction per 100 rows, then the
    /// same again for one row, to confirm that the copy did not change.
    /// </summary>
    /// <returns>Null if there is no such group.</returns>
    public Task<GroupState?> FindAsync(StreamDescription stream, GroupKey key, CancellationToken cancellation) =>
        OpenAsync(stream, key, mayCreate: false, cancellation);

    /// <summary>
    /// As <see cref="FindAsync"/>, and creates a group that does not exist. The creation costs two reads, one blob write, two transactions and one more query.
    /// </summary>
    public async Task<GroupState> FindOrCreateAsync(StreamDescription stream, GroupKey key, CancellationToken cancellation) =>
        await OpenAsync(stream, key, mayCreate: true, cancellation) ?? throw Contended(key);

    /// <summary>The error of a request that lost every race to other requests.</summary>
    public static HeadwaterException Contended(GroupKey key) => new(ErrorCode.GroupChanged, $"Group '{key.Group}' is being changed by other requests; retry.");

    public static HeadwaterException NotFound(GroupKey key) =>
        new(ErrorCode.GroupNotFound, $"Group '{key.Group}' does not exist; the first join or commit creates it.");

    /// <summary>
    /// Reads only the rows of some partitions, of the group, and of one member (null: of all members). Costs one query. If the group does not exist or was
    /// restored, its rows must be read as a whole.
    /// </summary>
    /// <returns>Null if all rows must be read.</returns>
    public async Task<GroupState?> FindPartAsync(
        StreamDescription stream, GroupKey key, MemberName? member, IEnumerable<PartitionId> partitions, CancellationToken cancellation)
    {
        GroupState? state = table.Read(await table.QueryAsync(key, GroupRanges.Of(member, partitions), cancellation));
        if (state is not { Group.RestoredFrom: null })
        {
            return null;
        }

        sight.Some(stream.Name, key, state);
        return state;
    }

    private async Task<GroupState?> OpenAsync(StreamDescription stream, GroupKey key, bool mayCreate, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            IReadOnlyList<TableRow> rows = await table.QueryAsync(key, cancellation);
            GroupState? state = table.Read(rows);
            if (state is { Group.RestoredFrom: null })
            {
                sight.All(stream.Name, key, state);
                return state;
            }

            StoredGroup? copy = await blobs.ReadAsync(stream.Name, key, cancellation);
            if (copy is null && !mayCreate)
            {
                return null;
            }

            if (copy is null)
            {
                await CreateAsync(stream, key, cancellation);
            }
            else if (state?.Group.RestoredFrom == copy.ETag)
            {
                await table.ApplyAsync(key, [(state.Group with { RestoredFrom = null }).Written()], cancellation);
            }
            else
            {
                await RestoreAsync(stream, key, copy, rows, cancellation);
            }
        }

        throw Contended(key);
    }

    /// <summary>Records a longer session in the group's blob. Must succeed before a member receives the session. Costs one read and one write.</summary>
    public async Task LengthenSessionAsync(StreamDescription stream, GroupKey key, TimeSpan session, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            StoredGroup stored = await blobs.ReadAsync(stream.Name, key, cancellation) ?? throw Contended(key); // The group is being deleted.
            long wanted = (long)session.TotalMilliseconds;
            if (stored.Document.LongestSession >= wanted
                || await blobs.WriteAsync(
                    stream.Name, key, stored.Document with { LongestSession = wanted }, WriteCondition.IfUnchanged(stored.ETag), cancellation))
            {
                return;
            }
        }

        throw Contended(key);
    }

    private async Task CreateAsync(StreamDescription stream, GroupKey key, CancellationToken cancellation)
    {
        NewName.Require(key.Group.Value, "A new group's name");
        await reloadStream(stream, cancellation); // Do not create blobs of a deleted stream.
        await names.AddAsync(key, cancellation);
        GroupDocument document = GroupDocument.For(key.Group, Generation.FirstAt(ports.Clock.Now().ToDateTimeOffset()), MemberRequest.SessionDefault);
        if (await blobs.WriteAsync(stream.Name, key, document, WriteCondition.IfAbsent, cancellation))
        {
            // No Restored row, which would delay assignments: no member can hold a partition of a group that was just created.
            await table.ApplyAsync(key, [NewRow(document, new Generation(document.Generation)).Written()], cancellation);
        }
    }

    private static GroupRow NewRow(GroupDocument document, Generation generation) =>
        new(document.Incarnation, generation, document.Rewinds, ETag: null) { LongestSession = MemberRequest.StoredSession(document.LongestSession) };

    /// <summary>Restores the rows from the copy. The group's own row is written last, so its presence proves that all rows are restored.</summary>
    private async Task RestoreAsync(StreamDescription stream, GroupKey key, StoredGroup copy, IReadOnlyList<TableRow> rows, CancellationToken cancellation)
    {
        GroupDocument document = copy.Document;
        Dictionary<string, TableRow> standing = rows.ToDictionary(r => r.Id.Row);
        var missing = new List<RowChange>();
        for (int number = 0; number < stream.Partitions; number++)
        {
            var partition = new PartitionId(number);
            if (Restored(partition, document, standing.GetValueOrDefault(GroupKeys.Partition(partition))) is { } restored)
            {
                missing.Add(restored.Written());
            }
        }

        var generation = new Generation(Math.Max(Generation.FirstAt(ports.Clock.Now().ToDateTimeOffset()).Value, document.Generation) + GenerationsSkipped);
        missing.Add(new RowChange(RowChangeKind.Upsert, GroupKeys.Restored, new Dictionary<string, object>()));
        missing.Add((NewRow(document, generation) with { RestoredFrom = copy.ETag, ETag = standing.GetValueOrDefault(GroupKeys.Group)?.ETag }).Written());
        foreach (RowChange[] some in missing.Chunk(GroupTable.TransactionRows))
        {
            if (!await table.ApplyAsync(key, some, cancellation))
            {
                return; // Another process changed a row; the caller queries again.
            }
        }
    }

    /// <summary>
    /// The row to write for one partition. An existing row is ahead of the copy, or was written after the loss by a delayed commit, possibly from before an
    /// offset reset. In a group with offset resets, every partition gets a row, so that a delayed commit cannot insert one.
    /// </summary>
    /// <returns>Null if the row needs no change.</returns>
    private static PartitionRow? Restored(PartitionId partition, GroupDocument document, TableRow? there)
    {
        SnapshotOffset? copied = document.Find(partition);
        PartitionRow? row = there is null ? null : PartitionRow.Read(there);
        if (row is null || row.Incarnation != document.Incarnation)
        {
            if (copied is null && document.Rewinds == 0)
            {
                return null;
            }

            row = new PartitionRow(partition, document.Incarnation) { ETag = there?.ETag };
        }
        else if (row.Rewinds >= document.Rewinds && (copied is null || row.Offset >= new Offset(copied.Offset)))
        {
            return null;
        }

        return row with
        {
            Offset = copied is null ? null : new Offset(copied.Offset),
            Metadata = copied?.Metadata,
            Rewinds = Math.Max(row.Rewinds, document.Rewinds),
        };
    }
}
