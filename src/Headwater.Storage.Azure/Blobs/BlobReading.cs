using System.Buffers;
using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Calling;
using Headwater.Storage.Azure.Errors;

namespace Headwater.Storage.Azure.Blobs;

/// <summary>Reads ranges of blobs into pooled buffers, with the blob's state from the same response.</summary>
internal sealed class BlobReading(AzureCalls calls)
{
    /// <summary>Costs one call, or two if the position is at or past the end, because the service then answers 416 without the length.</summary>
    public async ValueTask<Answer<BlobRead>> ReadAsync(BlobClient blob, long position, int maxBytes, CancellationToken cancellation)
    {
        while (true)
        {
            Answer<BlobRead> read = await calls.RepeatedAsync(token => RangeAsync(blob, position, maxBytes, token), maxBytes, cancellation);
            if (read.Error is not { Kind: AzureErrorKind.PastEnd })
            {
                return read;
            }

            Answer<BlobRead> end = await calls.RepeatedAsync(token => StateAsync(blob, token), 0, cancellation);
            if (end.Error is not null || end.Value!.Length <= position)
            {
                return end;
            }

            // The blob has grown past the position between the two calls, so the read is retried. Blobs of a log only grow, so the loop ends.
        }
    }

    private static async Task<BlobRead> RangeAsync(BlobClient blob, long position, int maxBytes, CancellationToken cancellation)
    {
        BlobDownloadOptions range = new() { Range = new HttpRange(position, maxBytes) };
        Response<BlobDownloadStreamingResult> response = await blob.DownloadStreamingAsync(range, cancellation);
        using BlobDownloadStreamingResult result = response.Value;
        BlobDownloadDetails details = result.Details;
        long length = WholeLength(details, position);
        int count = (int)Math.Min(maxBytes, length - position);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(count);
        try
        {
            await result.Content.ReadExactlyAsync(buffer.AsMemory(0, count), cancellation);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }

        return new BlobRead(buffer, count, pooled: true)
        {
            Length = length,
            ETag = ETagText.Of(details.ETag),
            Sealed = details.IsSealed,
            CommittedBlocks = details.BlobCommittedBlockCount,
            Date = DateOf(response.GetRawResponse()),
        };
    }

    private static async Task<BlobRead> StateAsync(BlobClient blob, CancellationToken cancellation)
    {
        Response<BlobProperties> response = await blob.GetPropertiesAsync(cancellationToken: cancellation);
        BlobProperties properties = response.Value;
        return new BlobRead([], 0, pooled: false)
        {
            Length = properties.ContentLength,
            ETag = ETagText.Of(properties.ETag),
            Sealed = properties.IsSealed,
            CommittedBlocks = properties.BlobCommittedBlockCount,
            Date = DateOf(response.GetRawResponse()),
        };
    }

    // Content-Range: bytes 5-9/100. For a read at exactly the end, Azurite answers bytes 100-99/100 and the service 416.
    private static long WholeLength(BlobDownloadDetails details, long position)
    {
        string range = details.ContentRange ?? "";
        string start = string.Create(CultureInfo.InvariantCulture, $"bytes {position}-");
        int slash = range.LastIndexOf('/');
        return range.StartsWith(start, StringComparison.Ordinal)
            && long.TryParse(range.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long length) && length >= position
            ? length
            : throw new StorageException(StorageFault.Rejected, $"The service answered a read from byte {position} with another range: '{range}'.");
    }

    // Azurite sometimes sends a truncated response under faults. It proves nothing, so the read is retried as after a lost response.
    private static DateTimeOffset DateOf(Response response) =>
        response.Headers.Date ?? throw new IOException("The service's response has no Date header.");
}
