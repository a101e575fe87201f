namespace Headwater.Log.Ports;

/// <summary>Reads all pages of a listing or query. The result is not a snapshot: a change made during the call may be included or not.</summary>
public static class Paging
{
    private const int BlobsAPage = 5_000;

    private const int RowsAPage = 1_000;

    /// <summary>Lists all blobs whose names start with <paramref name="prefix"/>. Costs one listing per 5,000 blobs.</summary>
    public static async Task<List<BlobItem>> ListAllAsync(this IBlobs blobs, string prefix, CancellationToken cancellation)
    {
        var all = new List<BlobItem>();
        string? continuation = null;
        do
        {
            BlobPage page = await blobs.ListAsync(prefix, continuation, BlobsAPage, cancellation);
            all.AddRange(page.Items);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return all;
    }

    /// <summary>Lists all folders directly under <paramref name="prefix"/>. Costs one listing per 5,000 folders.</summary>
    public static async Task<List<string>> ListAllFoldersAsync(this IBlobs blobs, string prefix, CancellationToken cancellation)
    {
        var all = new List<string>();
        string? continuation = null;
        do
        {
            FolderPage page = await blobs.ListFoldersAsync(prefix, continuation, cancellation);
            all.AddRange(page.Folders);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return all;
    }

    /// <summary>Reads all rows of one partition key, in row-key order. Costs one query per full 1,000 rows and one for the rest, even if empty.</summary>
    /// <param name="tables">The tables to query.</param>
    /// <param name="table">Name of the table.</param>
    /// <param name="partition">The partition key.</param>
    /// <param name="afterRow">Only rows after this row key; null for all.</param>
    /// <param name="cancellation">Stops between pages.</param>
    public static async Task<List<TableRow>> QueryAllAsync(
        this ITables tables, string table, string partition, string? afterRow, CancellationToken cancellation)
    {
        var all = new List<TableRow>();
        IReadOnlyList<TableRow> page;
        do
        {
            page = await tables.QueryAsync(table, partition, all.Count == 0 ? afterRow : all[^1].Id.Row, RowsAPage, cancellation);
            all.AddRange(page);
        }
        while (page.Count == RowsAPage);

        return all;
    }
}
