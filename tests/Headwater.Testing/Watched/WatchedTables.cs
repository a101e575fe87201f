using Headwater.Log.Ports;

namespace Headwater.Testing;

/// <summary>Tables whose calls a <see cref="CallScript"/> records and decides.</summary>
public sealed class WatchedTables(ITables inner, CallScript script) : ITables
{
    public ValueTask<TableRow?> GetAsync(string table, RowId id, CancellationToken cancellation) =>
        script.CarryOutAsync(script.Begin(StorageOperation.GetRow, $"{table}/{id.Partition}/{id.Row}"), () => inner.GetAsync(table, id, cancellation));

    public ValueTask<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, string? afterRow, int limit, CancellationToken cancellation) =>
        script.CarryOutAsync(
            script.Begin(StorageOperation.QueryRows, $"{table}/{partition}"), () => inner.QueryAsync(table, partition, afterRow, limit, cancellation));

    public ValueTask<RowsRead> QueryRangesAsync(string table, string partition, IReadOnlyList<RowRange> ranges, CancellationToken cancellation) =>
        script.CarryOutAsync(
            script.Begin(StorageOperation.QueryRows, $"{table}/{partition}"), () => inner.QueryRangesAsync(table, partition, ranges, cancellation));

    public ValueTask<IReadOnlyList<string?>?> ApplyAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        script.CarryOutAsync(script.Begin(StorageOperation.ApplyRows, $"{table}/{partition}"), () => inner.ApplyAsync(table, partition, changes, cancellation));
}
