using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Streams;

/// <summary>A row of the table of names.</summary>
/// <param name="Text">The name. Its stream may not exist, and the text may not be a valid name.</param>
/// <param name="ETag">ETag of the row. It changes when the name is added again.</param>
internal sealed record ListedName(string Text, string ETag);

/// <summary>
/// The names of all streams, so that listing streams needs no blob listing. Rows of table <c>streams</c> with key <c>names</c>, a cache of the blobs.
/// A name is added before its stream is created and removed after its stream is deleted. A marker row records whether the names are complete; unless it says
/// so, the names are rebuilt from the blobs.
/// A storage call can take effect long after its caller gave up, and the table can be lost at any time. Every write after which a name can be missing is
/// therefore conditional. The marker is set to complete only if it is still the row under which the rebuild began; a table loss removes that row. A name is
/// deleted only if its row is unchanged since before its stream was found missing.
/// </summary>
internal sealed class StreamNames(LogPorts ports)
{
    public const string Table = StorageNames.StreamsTable;

    private const string Names = "names";

    /// <summary>Row key of the marker. Sorts before every name and is not a valid name.</summary>
    private const string Marker = "!marker";

    private const string State = "state";

    private const string Rebuilding = "rebuilding";

    private const string Complete = "complete";

    private const string PartitionsValue = "partitions";

    private static readonly TimeSpan MarkerTrusted = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<string, object> NoValues = [];

    private long? _completeSeen;

    /// <summary>Adds a name, or gives its row a new ETag. Costs one write.</summary>
    public async Task AddAsync(StreamName name, int partitions, CancellationToken cancellation)
    {
        var values = new Dictionary<string, object> { [PartitionsValue] = (long)partitions };
        await ports.Tables.ApplyAsync(Table, Names, [new RowChange(RowChangeKind.Upsert, name.Value, values)], cancellation);
    }

    /// <summary>
    /// The number of streams and of their partitions. A name that was rebuilt after a loss counts as one partition. Costs one query per 1,000 names.
    /// </summary>
    public async Task<(int Streams, long Partitions)> CountAsync(CancellationToken cancellation)
    {
        await EnsureCompleteAsync(cancellation);
        List<TableRow> rows = await ports.Tables.QueryAllAsync(Table, Names, Marker, cancellation);
        return (rows.Count, rows.Sum(r => r.Number(PartitionsValue) ?? 1));
    }

    /// <summary>Costs one read.</summary>
    /// <returns>Null if the table does not have the name.</returns>
    public async Task<ListedName?> FindAsync(StreamName name, CancellationToken cancellation) =>
        await ports.Tables.GetAsync(Table, new RowId(Names, name.Value), cancellation) is { } row ? new ListedName(name.Value, row.ETag) : null;

    /// <summary>Removes a name, unless it was removed or added again since it was read. Costs one write.</summary>
    public async Task RemoveAsync(ListedName name, CancellationToken cancellation) =>
        await ports.Tables.ApplyAsync(Table, Names, [new RowChange(RowChangeKind.Delete, name.Text, NoValues, name.ETag)], cancellation);

    /// <summary>The next names in ordinal order. Costs one query, and once a minute one read of the marker.</summary>
    /// <param name="after">Only names after this one; null for all.</param>
    /// <param name="limit">Most names to return.</param>
    /// <param name="cancellation">Stops the calls.</param>
    public async Task<IReadOnlyList<ListedName>> ListAsync(string? after, int limit, CancellationToken cancellation)
    {
        await EnsureCompleteAsync(cancellation);
        // The marker is no name: a list never begins before it.
        string from = after is null || string.CompareOrdinal(after, Marker) < 0 ? Marker : after;
        IReadOnlyList<TableRow> rows = await ports.Tables.QueryAsync(Table, Names, from, limit, cancellation);
        return [.. rows.Select(row => new ListedName(row.Id.Row, row.ETag))];
    }

    /// <summary>All names. Costs one query per 1,000 names, and once a minute one read of the marker.</summary>
    public async Task<HashSet<string>> AllAsync(CancellationToken cancellation)
    {
        await EnsureCompleteAsync(cancellation);
        List<TableRow> rows = await ports.Tables.QueryAllAsync(Table, Names, Marker, cancellation);
        return rows.Select(row => row.Id.Row).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// Rebuilds the names unless the marker says that they are complete. Reads the marker again after a minute, because the table may have been lost.
    /// </summary>
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
                break; // Otherwise another process completed the names first, or the table was lost again: start over.
            }
        }

        _completeSeen = ports.Time.GetTimestamp();
    }

    /// <summary>Reads the marker, or creates it. Costs one read; without a marker, also one write.</summary>
    /// <returns>The ETag of the marker under which to rebuild, no matter which process wrote the marker; null if the names are complete.</returns>
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

    /// <summary>Adds the names of all top-level folders. Costs one listing per 5,000 folders, and one write per 100.</summary>
    private async Task AddAllAsync(CancellationToken cancellation)
    {
        List<string> folders = await ports.Blobs.ListAllFoldersAsync("", cancellation);
        foreach (string[] names in folders.Select(f => f.TrimEnd('/')).Chunk(100))
        {
            await ports.Tables.ApplyAsync(Table, Names, [.. names.Select(n => new RowChange(RowChangeKind.Upsert, n, NoValues))], cancellation);
        }
    }

    private static RowChange Marked(RowChangeKind kind, string state, string? etag = null) =>
        new(kind, Marker, new Dictionary<string, object> { [State] = state }, etag);
}
