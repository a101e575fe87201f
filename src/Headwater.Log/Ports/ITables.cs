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

    /// <summary>
    /// Reads the rows of one partition key whose row keys lie in any of the ranges, in ordinal row-key order. Costs one call per 1,000 rows found, whatever the
    /// number of ranges.
    /// </summary>
    /// <param name="table">Name of the table.</param>
    /// <param name="partition">The partition key.</param>
    /// <param name="ranges">1 to <see cref="RowRange.Most"/> ranges.</param>
    /// <param name="cancellation">Stops waiting.</param>
    ValueTask<RowsRead> QueryRangesAsync(string table, string partition, IReadOnlyList<RowRange> ranges, CancellationToken cancellation);

    /// <summary>Applies all changes or none, as one table transaction: at most 100 different rows of one partition key. Sent once, never retried.</summary>
    /// <returns>The new ETags in the order of the changes, null for each delete. Null if any condition did not hold, and then nothing changed.</returns>
    ValueTask<IReadOnlyList<string?>?> ApplyAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation);
}

/// <summary>Identifies a row of a table.</summary>
/// <param name="Partition">Partition key.</param>
/// <param name="Row">Row key.</param>
public readonly record struct RowId(string Partition, string Row);

/// <summary>A range of row keys in ordinal order.</summary>
/// <param name="First">The first row key.</param>
/// <param name="Last">The last row key, which belongs to the range.</param>
public readonly record struct RowRange(string First, string Last)
{
    /// <summary>Most ranges of a query: the service allows 15 comparisons in a filter, of which the partition key is one.</summary>
    public const int Most = 7;

    /// <summary>Every row key that begins with a character below U+FFFF.</summary>
    public static RowRange All { get; } = new("", "\uFFFE");

    /// <summary>A single row.</summary>
    public static RowRange One(string row) => new(row, row);

    /// <summary>Whether a row key lies in the range.</summary>
    public bool Contains(string row) => string.CompareOrdinal(First, row) <= 0 && string.CompareOrdinal(row, Last) <= 0;
}

/// <summary>Rows as a query returned them.</summary>
/// <param name="Rows">The rows, in ordinal order of their row keys.</param>
/// <param name="Date">The service's clock when it answered; null if unknown.</param>
public readonly record struct RowsRead(IReadOnlyList<TableRow> Rows, DateTimeOffset? Date);

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
