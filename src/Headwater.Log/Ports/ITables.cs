namespace Headwater.Log.Ports;

/// <summary>
/// Tables of rows. Every row may be lost: rows cache blobs, or hold group offsets and ownership. A table that does not exist reads as empty. The first write
/// creates the table, unless the deployment creates it.
/// Every member is one storage call unless its documentation says otherwise, and throws <see cref="StorageException"/> on a fault.
/// </summary>
public interface ITables
{
    /// <summary>Reads one row.</summary>
    /// <returns>Null if there is no such row.</returns>
    ValueTask<TableRow?> GetAsync(string table, RowId id, CancellationToken cancellation);

    /// <summary>
    /// Reads at most <paramref name="limit"/> rows of one partition key in ordinal row-key order, after <paramref name="afterRow"/> (null: from the first).
    /// Costs one call per 1,000 rows. A result shorter than the limit is the end.
    /// </summary>
    ValueTask<IReadOnlyList<TableRow>> QueryAsync(string table, string partition, string? afterRow, int limit, CancellationToken cancellation);

    /// <summary>Applies all changes or none, as one table transaction: at most 100 different rows of one partition key. Sent once, never retried.</summary>
    /// <returns>The new ETags in the order of the changes, null for each delete. Null if any condition did not hold, and then nothing changed.</returns>
    ValueTask<IReadOnlyList<string?>?> ApplyAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation);
}

/// <summary>Identifies a row of a table.</summary>
/// <param name="Partition">Partition key.</param>
/// <param name="Row">Row key.</param>
public readonly record struct RowId(string Partition, string Row);

/// <summary>One version of a row.</summary>
/// <param name="Id">Its keys.</param>
/// <param name="Values">Values by column name; each is a <see cref="string"/> or a <see cref="long"/>.</param>
/// <param name="ETag">ETag of this version.</param>
public sealed record TableRow(RowId Id, IReadOnlyDictionary<string, object> Values, string ETag)
{
    /// <summary>When this version was written, by the service's clock. A deadline counted from this time does not depend on any writer's clock.</summary>
    public required DateTimeOffset Changed { get; init; }

    /// <summary>The string in the column; null if the column is missing or holds a number.</summary>
    public string? Text(string name) => Values.TryGetValue(name, out object? value) ? value as string : null;

    /// <summary>The number in the column; null if the column is missing or holds a string.</summary>
    public long? Number(string name) => Values.TryGetValue(name, out object? value) && value is long number ? number : null;
}

/// <summary>What a change does to a row, and what it requires of the existing row.</summary>
public enum RowChangeKind
{
    /// <summary>Creates the row, which must not exist.</summary>
    Insert,

    /// <summary>Replaces the row, which must exist with the given ETag.</summary>
    Replace,

    /// <summary>Creates the row or replaces any version of it.</summary>
    Upsert,

    /// <summary>Deletes the row, which must exist with the given ETag (<c>*</c>: any ETag). A missing row fails the condition.</summary>
    Delete,
}

/// <summary>One change of a table transaction.</summary>
/// <param name="Kind">What to do, and under which condition.</param>
/// <param name="Row">Row key.</param>
/// <param name="Values">All values of the new version, by column name: strings of at most 32,768 characters, and longs. Ignored by a delete.</param>
/// <param name="ETag">Required for <see cref="RowChangeKind.Replace"/> and <see cref="RowChangeKind.Delete"/>, where <c>*</c> means any version. Otherwise
/// unused.</param>
public sealed record RowChange(RowChangeKind Kind, string Row, IReadOnlyDictionary<string, object> Values, string? ETag = null);
