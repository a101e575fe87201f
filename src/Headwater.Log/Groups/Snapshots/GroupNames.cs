using Headwater.Log.Groups.Rows;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Snapshots;

/// <summary>
/// The names of a stream's groups, in table <c>groups</c> under the stream's id. The rows are a cache of the blobs. A name is added before its group is created
/// and removed after the group is deleted, so no existing group lacks a name. A missing marker reveals lost rows, which are then rebuilt from the blobs.
/// </summary>
internal sealed class GroupNames(LogPorts ports, GroupBlobs blobs)
{
    private static readonly Dictionary<string, object> NoValues = [];

    /// <summary>Adds a group's name. Costs one write.</summary>
    public async Task AddAsync(GroupKey key, CancellationToken cancellation) =>
        await ports.Tables.ApplyAsync(
            GroupKeys.Table, key.StreamId, [new RowChange(RowChangeKind.Upsert, GroupKeys.Listed(key.Group.Value), NoValues)], cancellation);

    /// <summary>Removes a deleted group's name, but adds it again if the group was recreated. Costs one write, one read, and a second write to add.</summary>
    public async Task RemoveAsync(StreamName stream, GroupKey key, CancellationToken cancellation)
    {
        await ports.Tables.ApplyAsync(
            GroupKeys.Table, key.StreamId, [new RowChange(RowChangeKind.Delete, GroupKeys.Listed(key.Group.Value), NoValues, "*")], cancellation);
        if (await blobs.ReadAsync(stream, key, cancellation) is not null)
        {
            await AddAsync(key, cancellation);
        }
    }

    /// <summary>
    /// A page of names in ordinal order. Costs one read and one query. The first call after a loss of the rows rebuilds them: one listing per 5,000 groups and
    /// one write per 100 groups.
    /// </summary>
    public async Task<IReadOnlyList<string>> ListAsync(StreamDescription stream, string? after, int limit, CancellationToken cancellation)
    {
        if (await ports.Tables.GetAsync(GroupKeys.Table, new RowId(stream.StreamId, GroupKeys.Complete), cancellation) is null)
        {
            await RebuildAsync(stream, cancellation);
        }

        string first = GroupKeys.Listed(after ?? "");
        IReadOnlyList<TableRow> rows = await ports.Tables.QueryAsync(GroupKeys.Table, stream.StreamId, first, limit, cancellation);
        return [.. rows.Select(row => GroupKeys.NameOf(row.Id.Row)).OfType<string>()];
    }

    private async Task RebuildAsync(StreamDescription stream, CancellationToken cancellation)
    {
        IReadOnlyList<string> names = await blobs.NamesAsync(stream.Name, stream.StreamId, cancellation);
        foreach (string[] some in names.Chunk(GroupTable.TransactionRows))
        {
            RowChange[] rows = [.. some.Select(n => new RowChange(RowChangeKind.Upsert, GroupKeys.Listed(n), NoValues))];
            await ports.Tables.ApplyAsync(GroupKeys.Table, stream.StreamId, rows, cancellation);
        }

        await ports.Tables.ApplyAsync(GroupKeys.Table, stream.StreamId, [new RowChange(RowChangeKind.Upsert, GroupKeys.Complete, NoValues)], cancellation);
    }
}
