using Headwater.Log.Ports;

namespace Headwater.Simulation.Service;

/// <summary>Table storage as one instance sees it.</summary>
internal sealed class ConnectedTables(StorageConnection connection, StorageService service) : ITables
{
    public ValueTask<TableRow?> GetAsync(string table, RowId id, CancellationToken cancellation) =>
        Send(
            CallKind.TableRead,
            $"{table} {id.Partition} {id.Row}",
            () => StorageService.Now(service.Tables.GetAsync(table, id, CancellationToken.None)),
            cancellation);

    public ValueTask<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, string? afterRow, int limit, CancellationToken cancellation) =>
        Send(
            CallKind.TableRead,
            $"{table} {partition}",
            () => StorageService.Now(service.Tables.QueryAsync(table, partition, afterRow, limit, CancellationToken.None)),
            cancellation);

    public ValueTask<RowsRead> QueryRangesAsync(string table, string partition, IReadOnlyList<RowRange> ranges, CancellationToken cancellation) =>
        Send(
            CallKind.TableRead,
            $"{table} {partition} {string.Join(' ', ranges.Select(r => $"{r.First}-{r.Last}"))}",
            () => StorageService.Now(service.Tables.QueryRangesAsync(table, partition, ranges, CancellationToken.None)),
            cancellation);

    public ValueTask<IReadOnlyList<string?>?> ApplyAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        RowChange[] sent = [.. changes];
        return Send(CallKind.TableWrite, $"{table} {partition}", () => service.Apply(table, partition, sent), cancellation);
    }

    private ValueTask<T> Send<T>(CallKind kind, string target, Func<T> apply, CancellationToken cancellation) =>
        new(
            connection.SendAsync(
                kind, target, apply, reason => throw new StorageException(StorageFault.Unavailable, $"{kind} {target}: {reason}"), cancellation));
}
