using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Calling;
using BlobItem = Azure.Storage.Blobs.Models.BlobItem;
using ListedBlob = Headwater.Log.Ports.BlobItem;

namespace Headwater.Storage.Azure.Blobs;

/// <summary>Lists one page of names per call, in the order of the service, which is ordinal for the characters that the log uses.</summary>
internal sealed class BlobListing(BlobContainerClient container, AzureCalls calls)
{
    private const int FolderPageSize = 5_000;

    public ValueTask<Answer<BlobPage>> BlobsAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation) =>
        calls.RepeatedAsync(
            async token =>
            {
                Page<BlobItem> page = await FirstAsync(
                    container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, token).AsPages(continuation, pageSize));
                return new BlobPage([.. page.Values.Select(Item)], Next(page.ContinuationToken));
            },
            bytes: 0,
            cancellation);

    public ValueTask<Answer<FolderPage>> FoldersAsync(string prefix, string? continuation, CancellationToken cancellation) =>
        calls.RepeatedAsync(
            async token =>
            {
                GetBlobsByHierarchyOptions options = new() { Prefix = prefix, Delimiter = "/" };
                Page<BlobHierarchyItem> page = await FirstAsync(
                    container.GetBlobsByHierarchyAsync(options, token).AsPages(continuation, FolderPageSize));
                return new FolderPage([.. page.Values.Where(item => item.IsPrefix).Select(item => item.Prefix)], Next(page.ContinuationToken));
            },
            bytes: 0,
            cancellation);

    private static ListedBlob Item(BlobItem item) => new(
        item.Name,
        item.Properties.ContentLength ?? 0,
        item.Properties.IsSealed ?? false,
        item.Properties.LastModified ?? default,
        ETagText.Of(item.Properties.ETag ?? default));

    private static async Task<Page<T>> FirstAsync<T>(IAsyncEnumerable<Page<T>> pages)
        where T : notnull
    {
        await foreach (Page<T> page in pages)
        {
            return page;
        }

        throw new StorageException(StorageFault.Rejected, "The service answered a listing with no page.");
    }

    private static string? Next(string? token) => string.IsNullOrEmpty(token) ? null : token;
}
