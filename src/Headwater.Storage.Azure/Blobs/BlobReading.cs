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
    /// <summary>
    /// Costs one call, or two if the position is at or past the end, because the service then answers 416 without the length. A body that breaks off costs one
    /// call more, or two if the blob has changed since.
    /// </summary>
    public async ValueTask<Answer<BlobRead>> ReadAsync(BlobClient blob, long position, int maxBytes, CancellationToken cancellation)
    {
        while (true)
        {
            using BlobRange range = new(blob, position, maxBytes);
            Answer<BlobRead> read = await calls.RepeatedAsync(range.ReadAsync, maxBytes, cancellation);
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
            Date = BlobRange.DateOf(response.GetRawResponse()),
        };
    }
}
