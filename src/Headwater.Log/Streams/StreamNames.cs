using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Streams;

/// <param name="Text">The name; of a stream, or of one that is no more.</param>
/// <param name="ETag">Of its row: a name added again meanwhile has another.</param>
internal sealed record ListedName(string Text, string ETag);

/// <summary>
/// Table <c>streams</c>, key <c>names</c>: the names of all streams, so that listing streams needs no blob listing. The rows are a cache of the blobs.
/// A name is added before its stream is created and removed after its stream is deleted. A marker row records whether the names are complete; without the
/// marker, the names are rebuilt from the blobs.
/// A storage call can take effect long after its caller gave up, and the table can be lost at any time. Every write that can remove a name is therefore
/// conditional. The marker is set to complete only if it is still the row under which the rebuild began; a table loss removes that row. A name is deleted only
/// if its row is unchanged since before its stream was found missing.
/// </summary>
internal sealed class StreamNames(LogPorts ports)
{
    public const string Table = StorageNames.StreamsTable;

    private const string Names = "names";

    /// <summary>Before every name in row order, and none itself.</summary>
    private const string Marker = "!marker";

    private const string State = "state";

    private const string Rebuilding = "rebuilding";

    private const string Complete = "complete";

    private static readonly TimeSpan MarkerTrusted = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<string, object> NoValues = [];

    private long? _completeSeen;

    /// <summary>One write.</summary>
    public async Task AddAsync(StreamName name, CancellationToken cancellation) =>
        await ports.Tables.ApplyAsync(Table, Names, [new RowChange(RowChangeKind.Upsert, name.Value, NoValues)], cancellation);

    /// <summary>One read.</summary>
    /// <returns>Null if it is not listed.</returns>
    public async Task<ListedName?> FindAsync(StreamName name, CancellationToken cancellation) =>
        await ports.Tables.GetAsync(Table, new RowId(Names, name.Value), cancellation) is { } row ? new ListedName(name.Value, row.ETag) : null;

    /// <summary>One write; a name removed or added again meanwhile stays as it is.</summary>
    public async Task RemoveAsync(ListedName name, CancellationToken cancellation) =>
        await ports.Tables.ApplyAsync(Table, Names, [new RowChange(RowChangeKind.Delete, name.Text, NoValues, name.ETag)], cancellation);

    /// <summary>One query, and once a minute one read of the marker.</summary>
    public async Task<IReadOnlyList<ListedName>> ListAsync(string? after, int limit, CancellationToken cancellation)
    {
        await EnsureCompleteAsync(cancellation);
        IReadOnlyList<TableRow> rows = await ports.Tables.QueryAsync(Table, Names, after ?? Marker, limit, cancellation);
        return [.. rows.Select(row => new ListedName(row.Id.Row, row.ETag))];
    }

    /// <summary>All of them: one query for each 1,000, and once a minute one read of the marker.</summary>
    public async Task<HashSet<string>> AllAsync(CancellationToken cancellation)
    {
        await EnsureCompleteAsync(cancellation);
        List<TableRow> rows = await ports.Tables.QueryAllAsync(Table, Names, Marker, cancellation);
        return rows.Select(row => row.Id.Row).ToHashSet(StringComparer.Ordinal);
    }

    private async Task EnsureCompleteAsync(CancellationToken cancellation)
    {
        if (_completeSeen is { } seen && ports.Time.GetElapsedTime(seen) < MarkerTrusted)
        {
            return;
        }

        while (await BeginAsync(cancellation) is { } begun)
        {
            await AddAllAsync(cancellation);
            if (await ports.Tables.ApplyAsync(Table, Names, [Marked(RowChangeKind.Replace, Complete, begun)], cancellation) is not null)
            {
                break; // Else someone else was quicker, or what has just been added is lost again.
            }
        }

        _completeSeen = ports.Time.GetTimestamp();
    }

    /// <summary>One read; without a marker one write.</summary>
    /// <returns>The ETag of the marker under which to rebuild, even if another process wrote the marker; null if the names are complete.</returns>
    private async Task<string?> BeginAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (await ports.Tables.GetAsync(Table, new RowId(Names, Marker), cancellation) is { } marker)
            {
                return marker.Text(State) == Complete ? null : marker.ETag;
            }

            if (await ports.Tables.ApplyAsync(Table, Names, [Marked(RowChangeKind.Insert, Rebuilding)], cancellation) is [{ } etag])
            {
                return etag;
            }
        }
    }

    /// <summary>One listing, and one write per 100 names.</summary>
    private async Task AddAllAsync(CancellationToken cancellation)
    {
        List<string> folders = await ports.Blobs.ListAllFoldersAsync("", cancellation);
        foreach (string[] names in folders.Select(f => f.TrimEnd('/')).Chunk(100))
        {
            await ports.Tables.ApplyAsync(Table, Names, [.. names.Select(n => new RowChange(RowChangeKind.Upsert, n, NoValues))], cancellation);
        }
    }

    private static RowChange Marked(RowChangeKind kind, string state, string? etag = null) => new(kind, Marker, new Dictionary<string, object> { [State] = state }, etag);
}
