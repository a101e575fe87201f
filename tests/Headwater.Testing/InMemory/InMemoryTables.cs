using System.Globalization;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Tables;

namespace Headwater.Testing;

/// <summary>Tables with the documented behaviour of the service: rows in ordinal order, a new ETag per write, atomic transactions.</summary>
/// <param name="time">The service's clock, which stamps every written row; null: the system clock.</param>
public sealed class InMemoryTables(TimeProvider? time = null) : ITables
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Dictionary<(string Table, string Partition), SortedDictionary<string, TableRow>> _partitions = [];
    private readonly Lock _gate = new();
    private long _versions;

    /// <summary>While it is set, every call throws this exception.</summary>
    public StorageException? Fault { get; set; }

    /// <summary>Called once, before the next write takes effect.</summary>
    public Action? BeforeWrite { get; set; }

    /// <summary>How many more calls fail before <see cref="Fault"/> is cleared.</summary>
    public int? FaultsLeft { get; set; }

    public ValueTask<TableRow?> GetAsync(string table, RowId id, CancellationToken cancellation)
    {
        Enter(cancellation);
        TableKeys.Check(id.Partition);
        TableKeys.Check(id.Row);
        lock (_gate)
        {
            return ValueTask.FromResult(_partitions.GetValueOrDefault((table, id.Partition)) is { } rows ? rows.GetValueOrDefault(id.Row) : null);
        }
    }

    public ValueTask<IReadOnlyList<TableRow>> QueryAsync(
        string table, string partition, string? afterRow, int limit, CancellationToken cancellation)
    {
        Enter(cancellation);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        TableKeys.Check(partition);
        lock (_gate)
        {
            IEnumerable<TableRow> rows = _partitions.TryGetValue((table, partition), out SortedDictionary<string, TableRow>? all)
                ? all.Values.Where(row => afterRow is null || string.CompareOrdinal(row.Id.Row, afterRow) > 0).Take(limit)
                : [];
            return ValueTask.FromResult<IReadOnlyList<TableRow>>([.. rows]);
        }
    }

    public ValueTask<RowsRead> QueryRangesAsync(string table, string partition, IReadOnlyList<RowRange> ranges, CancellationToken cancellation)
    {
        Enter(cancellation);
        TableKeys.Check(partition);
        TableKeys.Check(ranges);
        lock (_gate)
        {
            IEnumerable<TableRow> rows = _partitions.TryGetValue((table, partition), out SortedDictionary<string, TableRow>? all)
                ? all.Values.Where(row => ranges.Any(r => r.Contains(row.Id.Row)))
                : [];
            return ValueTask.FromResult(new RowsRead([.. rows], _time.GetUtcNow()));
        }
    }

    public ValueTask<IReadOnlyList<string?>?> ApplyAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        Enter(cancellation);
        Action? before = BeforeWrite;
        BeforeWrite = null;
        before?.Invoke();
        TableKeys.CheckTransaction(partition, changes);
        foreach (RowChange change in changes)
        {
            CheckChange(change);
        }

        lock (_gate)
        {
            SortedDictionary<string, TableRow> rows = Rows(table, partition);
            return ValueTask.FromResult<IReadOnlyList<string?>?>(
                changes.All(change => Holds(change, rows.GetValueOrDefault(change.Row)))
                    ? [.. changes.Select(change => Apply(rows, partition, change))]
                    : null);
        }
    }

    /// <summary>Deletes all rows: the log must survive the loss of its tables.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _partitions.Clear();
        }
    }

    private void Enter(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        StorageException? fault = Fault;
        if (fault is not null && FaultsLeft is { } left)
        {
            FaultsLeft = left - 1;
            Fault = left <= 1 ? null : fault;
        }

        if (fault is not null)
        {
            throw fault;
        }
    }

    private SortedDictionary<string, TableRow> Rows(string table, string partition)
    {
        if (!_partitions.TryGetValue((table, partition), out SortedDictionary<string, TableRow>? rows))
        {
            _partitions[(table, partition)] = rows = new SortedDictionary<string, TableRow>(StringComparer.Ordinal);
        }

        return rows;
    }

    private static void CheckChange(RowChange change)
    {
        if (change.Values.Values.Any(value => value is not (string or long)))
        {
            throw new ArgumentException("A row's value is neither a string nor a long.", nameof(change));
        }

        if (change.Kind is RowChangeKind.Replace or RowChangeKind.Delete && change.ETag is null)
        {
            throw new ArgumentException($"A {change.Kind} needs the ETag of the row it expects, or '*'.", nameof(change));
        }
    }

    private static bool Holds(RowChange change, TableRow? standing) => change.Kind switch
    {
        RowChangeKind.Insert => standing is null,
        RowChangeKind.Upsert => true,
        RowChangeKind.Replace or RowChangeKind.Delete => standing is not null && (change.ETag == "*" || change.ETag == standing.ETag),
    };

    private string? Apply(SortedDictionary<string, TableRow> rows, string partition, RowChange change)
    {
        if (change.Kind is RowChangeKind.Delete)
        {
            rows.Remove(change.Row);
            return null;
        }

        string etag = string.Create(CultureInfo.InvariantCulture, $"W/\"{++_versions}\"");
        Dictionary<string, object> values = new(change.Values, StringComparer.Ordinal);
        rows[change.Row] = new TableRow(new RowId(partition, change.Row), values, etag) { Changed = _time.GetUtcNow() };
        return etag;
    }
}
