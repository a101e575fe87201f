namespace Headwater.Log.Ports;

/// <summary>
/// Rows that may all be lost: caches of blobs, group offsets, ownership. A table that does not exist reads as empty and is created by the first write.
/// Every member is one storage call unless it says otherwise and throws <see cref="StorageException"/> on a fault.
/// </summary>
public interface ITables
{
    /// <returns>Null if there is no such row.</returns>
    ValueTask<TableRow?> GetAsync(string table, RowId id, CancellationToken cancellation);

    /// <summary>Rows of one partition key in row-key order, after <paramref name="afterRow"/> (null: from the first), one page.</summary>
    ValueTask<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, string? afterRow, int limit, CancellationToken cancellation);

    /// <summary>All of the changes or none of them (one table transaction; at most 100 rows of one partition key).</summary>
    /// <returns>The rows' new ETags in order (null for a delete), or null if some condition did not hold (nothing changed).</returns>
    ValueTask<IReadOnlyList<string?>?> ApplyAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation);
}

/// <param name="Partition">Partition key.</param>
/// <param name="Row">Row key.</param>
public readonly record struct RowId(string Partition, string Row);

/// <param name="Id">Keys.</param>
/// <param name="Values">Strings and longs only.</param>
/// <param name="ETag">Of this version.</param>
public sealed record TableRow(RowId Id, IReadOnlyDictionary<string, object> Values, string ETag)
{
    /// <summary>When this version was written, by the service's own clock: a deadline counted from here depends on no writer's clock.</summary>
    public required DateTimeOffset Changed { get; init; }

    public string? Text(string name) => Values.TryGetValue(name, out object? value) ? value as string : null;

    public long? Number(string name) => Values.TryGetValue(name, out object? value) && value is long number ? number : null;
}

public enum RowChangeKind
{
    /// <summary>The row must not exist.</summary>
    Insert,

    /// <summary>The row must exist with the ETag given.</summary>
    Replace,

    /// <summary>Written whatever stands there.</summary>
    Upsert,

    /// <summary>The row must exist with the ETag given, or any (<c>*</c>); a row that is gone already is a failed condition.</summary>
    Delete,
}

public sealed record RowChange(RowChangeKind Kind, string Row, IReadOnlyDictionary<string, object> Values, string? ETag = null);
