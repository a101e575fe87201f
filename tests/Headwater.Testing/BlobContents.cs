using Headwater.Log.Ports;
using Xunit;

namespace Headwater.Testing;

/// <summary>Names, lengths, seals and ETags of all blobs under a prefix at one moment. Failure tests use it to assert that nothing changed.</summary>
public sealed class BlobContents
{
    private readonly IBlobs _blobs;
    private readonly string _prefix;

    private BlobContents(IBlobs blobs, string prefix, IReadOnlyList<BlobItem> items)
    {
        _blobs = blobs;
        _prefix = prefix;
        Items = items;
    }

    public IReadOnlyList<BlobItem> Items { get; }

    public static async Task<BlobContents> CaptureAsync(IBlobs blobs, string prefix, CancellationToken cancellation)
    {
        List<BlobItem> items = [];
        string? continuation = null;
        do
        {
            BlobPage page = await blobs.ListAsync(prefix, continuation, 5_000, cancellation);
            items.AddRange(page.Items);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return new BlobContents(blobs, prefix, items);
    }

    public async Task AssertNothingChangedAsync(CancellationToken cancellation)
    {
        BlobContents now = await CaptureAsync(_blobs, _prefix, cancellation);
        Assert.Equal(Items, now.Items);
    }
}

public static class BlobContentsCapture
{
    public static Task<BlobContents> CaptureContentsAsync(this IBlobs blobs, CancellationToken cancellation) =>
        BlobContents.CaptureAsync(blobs, "", cancellation);
}
