using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Calling;
using Headwater.Storage.Azure.Errors;

namespace Headwater.Storage.Azure.Tables;

/// <summary>The tables of one account. Unless declared as provisioned, a missing table reads as empty and the first write creates it.</summary>
internal sealed class AzureTables(TableServiceClient service, string prefix, AzureCalls calls, bool provisioned) : ITables
{
    // The limit of the service.
    private const int LargestPage = 1_000;

    private readonly ConcurrentDictionary<string, TableClient> _clients = new(StringComparer.Ordinal);

    public async ValueTask<TableRow?> GetAsync(string table, RowId id, CancellationToken cancellation)
    {
        TableKeys.Check(id.Partition);
        TableKeys.Check(id.Row);
        TableClient client = Client(table);
        Answer<Response<TableEntity>> answer = await calls.RepeatedAsync(
            token => client.GetEntityAsync<TableEntity>(id.Partition, id.Row, cancellationToken: token), bytes: 0, cancellation);
        return answer.Error switch
        {
            null => RowEncoding.Decode(answer.Value!.Value),
            { } error when IsAbsent(error) => null,
            { } error => throw error.ToException("Reading row", $"{prefix}{table}/{id.Partition}/{id.Row}"),
        };
    }

    /// <summary>Costs one call per 1,000 rows, and more if the service returns short pages. Fewer rows than the limit are the last rows.</summary>
    public async ValueTask<IReadOnlyList<TableRow>> QueryAsync(
        string table, string partition, string? afterRow, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        TableKeys.Check(partition);
        TableClient client = Client(table);
        string filter = afterRow is null
            ? TableClient.CreateQueryFilter($"PartitionKey eq {partition}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {afterRow}");
        return (await QueryAsync(client, filter, limit, $"{prefix}{table}/{partition}", cancellation)).Rows;
    }

    /// <summary>Costs one call per 1,000 rows, and more if the service returns short pages.</summary>
    public async ValueTask<RowsRead> QueryRangesAsync(string table, string partition, IReadOnlyList<RowRange> ranges, CancellationToken cancellation)
    {
        TableKeys.Check(partition);
        TableKeys.Check(ranges);
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition}");
        if (!ranges.Contains(RowRange.All))
        {
            filter += $" and ({string.Join(" or ", ranges.Select(FilterOf))})";
        }

        return await QueryAsync(Client(table), filter, int.MaxValue, $"{prefix}{table}/{partition}", cancellation);
    }

    private static string FilterOf(RowRange range) => range.First == range.Last
        ? TableClient.CreateQueryFilter($"RowKey eq {range.First}")
        : $"({TableClient.CreateQueryFilter($"RowKey ge {range.First}")} and {TableClient.CreateQueryFilter($"RowKey le {range.Last}")})";

    private async ValueTask<RowsRead> QueryAsync(TableClient client, string filter, int limit, string subject, CancellationToken cancellation)
    {
        List<TableRow> rows = [];
        DateTimeOffset? date = null;
        string? continuation = null;
        do
        {
            int wanted = Math.Min(limit - rows.Count, LargestPage);
            Answer<Page<TableEntity>> answer = await calls.RepeatedAsync(
                token => PageAsync(client.QueryAsync<TableEntity>(filter, wanted, cancellationToken: token), continuation, wanted), bytes: 0, cancellation);
            if (answer.Error is { } error)
            {
                return IsAbsent(error) ? new RowsRead(rows, error.Date) : throw error.ToException("Querying rows", subject);
            }

            rows.AddRange(answer.Value!.Values.Select(RowEncoding.Decode));
            date = answer.Value.GetRawResponse().Headers.Date;
            continuation = answer.Value.ContinuationToken;
        }
        while (rows.Count < limit && !string.IsNullOrEmpty(continuation));

        return new RowsRead(rows, date);
    }

    public async ValueTask<IReadOnlyList<string?>?> ApplyAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        TableKeys.CheckTransaction(partition, changes);
        if (changes.Count == 0)
        {
            return [];
        }

        TableClient client = Client(table);
        List<TableTransactionAction> actions = [.. changes.Select(change => RowEncoding.Encode(partition, change))];
        Answer<Response<IReadOnlyList<Response>>> answer = await WritingAsync(
            client, token => client.SubmitTransactionAsync(actions, token), cancellation);
        return answer.Error switch
        {
            null => ETags(changes, answer.Value!.Value),
            { Kind: AzureErrorKind.Exists or AzureErrorKind.ConditionNotMet or AzureErrorKind.Missing } => null,
            { } error => throw error.ToException("Changing rows", $"{prefix}{table}/{partition}"),
        };
    }

    private TableClient Client(string table) => _clients.GetOrAdd(table, name => service.GetTableClient(prefix + name));

    private async ValueTask<Answer<T>> WritingAsync<T>(TableClient client, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        Answer<T> answer = await calls.OnceAsync(call, cancellation);
        if (provisioned || answer.Error is not { Kind: AzureErrorKind.HomeMissing })
        {
            return answer;
        }

        Answer<Response<global::Azure.Data.Tables.Models.TableItem>> made = await calls.OnceAsync(client.CreateAsync, cancellation);
        return made.Error is null or { Kind: AzureErrorKind.Exists }
            ? await calls.OnceAsync(call, cancellation)
            : new Answer<T>(default, made.Error);
    }

    private static async Task<Page<TableEntity>> PageAsync(AsyncPageable<TableEntity> rows, string? continuation, int size)
    {
        await foreach (Page<TableEntity> page in rows.AsPages(continuation, size))
        {
            return page;
        }

        throw new StorageException(StorageFault.Rejected, "The service answered a query with no page.");
    }

    private static string?[] ETags(IReadOnlyList<RowChange> changes, IReadOnlyList<Response> responses) =>
        [.. changes.Zip(responses, (change, response) => change.Kind is RowChangeKind.Delete ? null : ETagText.Of(response.Headers.ETag ?? default))];

    private bool IsAbsent(AzureError error) => error.Kind is AzureErrorKind.Missing || (error.Kind is AzureErrorKind.HomeMissing && !provisioned);
}
