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

    /// <summary>One write.</summary>
    public async Task AddAsync(GroupKey key, CancellationToken cancellation) =>
        await ports.Tables.ApplyAsync(GroupKeys.Table, key.StreamId, [new RowChange(RowChangeKind.Upsert, GroupKeys.Listed(key.Group.Value), NoValues)], cancellation);

    /// <summary>One write and one read; and one write more if the group has been created again meanwhile.</summary>
    public async Task RemoveAsync(StreamName stream, GroupKey key, CancellationToken cancellation)
    {
        await ports.Tables.ApplyAsync(GroupKeys.Table, key.StreamId, [new RowChange(RowChangeKind.Delete, GroupKeys.Listed(key.Group.Value), NoValues, "*")], cancellation);
        if (await blobs.ReadAsync(stream, key, cancellation) is not null)
        {
            await AddAsync(key, cancellation);
        }
    }

    /// <summary>A page of names in ordinal order: one read and one query; the first time after a loss also one listing and one write for each 100.</summary>
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
