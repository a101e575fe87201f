using System.Data.Common;
using System.Runtime.CompilerServices;

namespace Headwater.Client;

/// <summary>Rows of other sources, against which a view or a stream is verified.</summary>
public static class SourceRows
{
    /// <summary>The rows of a query, in any order.</summary>
    /// <param name="connection">An open connection, which nothing else uses until the rows have ended.</param>
    /// <param name="sql">The query.</param>
    /// <param name="read">Makes a row of the reader's current one.</param>
    /// <param name="cancellation">Ends the query.</param>
    public static async IAsyncEnumerable<(TKey Key, TValue Value)> QueryAsync<TKey, TValue>(
        DbConnection connection,
        string sql,
        Func<DbDataReader, (TKey Key, TValue Value)> read,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using DbCommand query = connection.CreateCommand();
#pragma warning disable CA2100 // The program's own query.
        query.CommandText = sql;
#pragma warning restore CA2100
        await using DbDataReader rows = await query.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            yield return read(rows);
        }
    }

    /// <summary>Sorts the source, and compares.</summary>
    /// <param name="keys">Writes and reads keys.</param>
    /// <param name="values">Writes and reads values.</param>
    /// <param name="actual">The rows that are verified, in key order.</param>
    /// <param name="source">The rows that they should be, in any order.</param>
    /// <param name="options">How to compare.</param>
    /// <param name="cancellation">Stops the comparison.</param>
    internal static async Task<VerifyReport<TKey, TValue>> VerifyAsync<TKey, TValue>(
        ViewKey<TKey> keys,
        ValueSerializer<TValue> values,
        IEnumerable<KeyValuePair<string, TValue>> actual,
        IAsyncEnumerable<(TKey Key, TValue Value)> source,
        VerifyOptions<TValue> options,
        CancellationToken cancellation)
    {
        using var sorter = new RowSorter<TValue>(values, options);
        await foreach ((TKey key, TValue value) in source.WithCancellation(cancellation))
        {
            sorter.Add(keys.Write(key), value);
        }

        VerifyReport<TKey, TValue> report = new RowComparison<TKey, TValue>(keys, values, options).Compare(actual, sorter.Rows(), cancellation);
        return report with { Repeated = sorter.Repeated };
    }

    /// <summary>Reads a stream up to the log end of now, and compares the latest value of each key.</summary>
    internal static async Task<VerifyReport<string, T>> VerifyLatestAsync<T>(
        StreamScope<T> scope, IAsyncEnumerable<(string Key, T Value)> source, VerifyOptions<T> options, CancellationToken cancellation)
    {
        using var latest = new RowSorter<T>(scope.Values, options);
        await foreach (ReceivedEvent<T> read in StreamReading.ReadAsync(scope, new ReadOptions(), cancellation))
        {
            if (read.Key is { } key && read.IsTombstone)
            {
                latest.Remove(key);
            }
            else if (read.Key is not null)
            {
                latest.Add(read.Key, read.Value!);
            }
        }

        return await VerifyAsync(ViewKeys.Text, scope.Values, latest.Rows(), source, options, cancellation);
    }
}
