using Headwater.Log.Ports;

namespace Headwater.Log.Maintenance;

/// <summary>Counts the calls to tables.</summary>
internal sealed class CountedTables(ITables inner, StorageTally tally) : ITables
{
    public ValueTask<TableRow?> GetAsync(string table, RowId id, CancellationToken cancellation) => Counted().GetAsync(table, id, cancellation);

    public ValueTask<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, string? afterRow, int limit, CancellationToken cancellation) =>
        Counted().QueryAsync(table, partition, afterRow, limit, cancellation);

    public ValueTask<RowsRead> QueryRangesAsync(string table, string partition, IReadOnlyList<RowRange> ranges, CancellationToken cancellation) =>
        Counted().QueryRangesAsync(table, partition, ranges, cancellation);

    public ValueTask<IReadOnlyList<string?>?> ApplyAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        Counted().ApplyAsync(table, partition, changes, cancellation);

    private ITables Counted()
    {
        tally.Add();
        return inner;
    }
}
