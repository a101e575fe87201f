using Headwater.Log.Ports;

namespace Headwater.Log.Streams;

/// <summary>
/// Table <c>streams</c>: the names of all streams, so that listing them needs no blob listing. A cache: a name is added before its stream exists and removed after it is gone,
/// so the rows are never too few; lost rows are noticed by the missing marker and made again from the blobs.
/// </summary>
internal sealed class StreamNames(LogPorts ports)
{
    public const string Table = StorageNames.StreamsTable;

    private const string Names = "names";

    private const string Markers = "markers";

    private const string Complete = "complete";

    private static readonly TimeSpan MarkerTrusted = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<string, object> NoValues = [];

    private long? _markerSeen;

    /// <summary>One write.</summary>
    public async Task AddAsync(StreamName name, CancellationToken cancellation) =>
        await ports.Tables.ApplyAsync(Table, Names, [new RowChange(RowChangeKind.Upsert, name.Value, NoValues)], cancellation);

    /// <summary>One write; removing a name that is not there is no error.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellation) =>
        await ports.Tables.ApplyAsync(Table, Names, [new RowChange(RowChangeKind.Delete, name, NoValues, "*")], cancellation);

    /// <summary>One query, and once a minute one read of the marker.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string? after, int limit, CancellationToken cancellation)
    {
        await EnsureCompleteAsync(cancellation);
        IReadOnlyList<TableRow> rows = await ports.Tables.QueryAsync(Table, Names, after, limit, cancellation);
        return [.. rows.Select(row => row.Id.Row)];
    }

    private async Task EnsureCompleteAsync(CancellationToken cancellation)
    {
        if (_markerSeen is { } seen && ports.Time.GetElapsedTime(seen) < MarkerTrusted)
        {
            return;
        }

        if (await ports.Tables.GetAsync(Table, new RowId(Markers, Complete), cancellation) is null)
        {
            await RebuildAsync(cancellation);
        }

        _markerSeen = ports.Time.GetTimestamp();
    }

    private async Task RebuildAsync(CancellationToken cancellation)
    {
        string? continuation = null;
        do
        {
            FolderPage page = await ports.Blobs.ListFoldersAsync("", continuation, cancellation);
            foreach (string[] names in page.Folders.Select(f => f.TrimEnd('/')).Chunk(100))
            {
                await ports.Tables.ApplyAsync(Table, Names, [.. names.Select(n => new RowChange(RowChangeKind.Upsert, n, NoValues))], cancellation);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);

        await ports.Tables.ApplyAsync(Table, Markers, [new RowChange(RowChangeKind.Upsert, Complete, NoValues)], cancellation);
    }
}
