namespace Headwater.Log.Ports;

/// <summary>What storage tells page by page, to its end. None of it is a snapshot: what changes meanwhile may be in it or not.</summary>
public static class Paging
{
    private const int BlobsAPage = 5_000;

    private const int RowsAPage = 1_000;

    /// <summary>Every blob whose name begins so: one listing for each 5,000.</summary>
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

    /// <summary>Every folder below one: one listing for each 5,000.</summary>
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

    /// <summary>Every row of one partition key, in row-key order: one query for each 1,000, and one for what is left.</summary>
    /// <param name="tables">Where.</param>
    /// <param name="table">The table.</param>
    /// <param name="partition">The partition key.</param>
    /// <param name="afterRow">Rows after this one only; null: from the first.</param>
    /// <param name="cancellation">Stops between pages.</param>
    public static async Task<List<TableRow>> QueryAllAsync(this ITables tables, string table, string partition, string? afterRow, CancellationToken cancellation)
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
