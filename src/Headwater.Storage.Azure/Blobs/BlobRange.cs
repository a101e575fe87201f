using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Headwater.Core.Memory;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Calling;

namespace Headwater.Storage.Azure.Blobs;

/// <summary>
/// One range of a blob, read in as many attempts as its connection breaks off. The bytes of an append blob never change: the next attempt continues where the
/// last one broke off, and the state is that of the first. Any other blob, or an append blob that was created again, is read from the start.
/// </summary>
internal sealed class BlobRange(BlobClient blob, long position, int maxBytes) : IDisposable
{
    private Begun? _begun;

    /// <summary>Makes one attempt. Costs one call, and those of the SDK that resume a body of an unchanged blob.</summary>
    public async Task<BlobRead> ReadAsync(CancellationToken cancellation)
    {
        bool isContinued = _begun is not null;
        int received = _begun?.Received ?? 0;
        BlobDownloadOptions range = new() { Range = new HttpRange(position + received, (_begun?.Count ?? maxBytes) - received) };
        Response<BlobDownloadStreamingResult> response = await blob.DownloadStreamingAsync(range, cancellation);
        using BlobDownloadStreamingResult result = response.Value;
        long length = WholeLength(result.Details, position + received);
        if (isContinued && !_begun!.IsContinuedBy(result.Details, length))
        {
            Dispose();
            throw new IOException("The blob was replaced while it was read.");
        }

        _begun ??= new Begun(result.Details, DateOf(response.GetRawResponse()), length, (int)Math.Min(maxBytes, length - position));
        try
        {
            await _begun.ReceiveAsync(result.Content, cancellation);
        }
        catch when (!_begun.CanBeContinued)
        {
            Dispose();
            throw;
        }

        BlobRead read = _begun.Read;
        _begun = null; // The caller owns the buffer.
        return read;
    }

    /// <summary>Returns the buffer of an unfinished read.</summary>
    public void Dispose()
    {
        _begun?.Read.Dispose();
        _begun = null;
    }

    /// <summary>The service's clock. Azurite sometimes sends a truncated response under faults. It proves nothing, so the read is retried.</summary>
    public static DateTimeOffset DateOf(Response response) =>
        response.Headers.Date ?? throw new IOException("The service's response has no Date header.");

    // Content-Range: bytes 5-9/100. For a read at exactly the end, Azurite answers bytes 100-99/100 and the service 416.
    private static long WholeLength(BlobDownloadDetails details, long start)
    {
        string range = details.ContentRange ?? "";
        string expected = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-");
        int slash = range.LastIndexOf('/');
        return range.StartsWith(expected, StringComparison.Ordinal)
            && long.TryParse(range.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long length) && length >= start
            ? length
            : throw new StorageException(StorageFault.Rejected, $"The service answered a read from byte {start} with another range: '{range}'.");
    }

    /// <summary>What the first attempt found, and the bytes received so far.</summary>
    private sealed class Begun
    {
        private readonly byte[] _buffer;
        private readonly DateTimeOffset _created;

        public Begun(BlobDownloadDetails details, DateTimeOffset date, long length, int count)
        {
            Count = count;
            _created = details.CreatedOn;
            CanBeContinued = details.BlobType == BlobType.Append && _created != default;
            _buffer = ByteArrays.Rent(count);
            Read = new BlobRead(_buffer, count, pooled: true)
            {
                Length = length,
                ETag = ETagText.Of(details.ETag),
                Sealed = details.IsSealed,
                CommittedBlocks = details.BlobCommittedBlockCount,
                Date = date,
            };
        }

        public BlobRead Read { get; }

        public int Count { get; }

        public int Received { get; private set; }

        public bool CanBeContinued { get; }

        /// <summary>Whether an answer is about the same append blob: its creation time has whole seconds, and it only grows.</summary>
        public bool IsContinuedBy(BlobDownloadDetails details, long length) =>
            CanBeContinued && details.BlobType == BlobType.Append && details.CreatedOn == _created && length >= Read.Length;

        public async Task ReceiveAsync(Stream body, CancellationToken cancellation)
        {
            while (Received < Count)
            {
                int count = await body.ReadAsync(_buffer.AsMemory(Received, Count - Received), cancellation);
                Received += count > 0 ? count : throw new EndOfStreamException("The body of a read ended too early.");
            }
        }
    }
}
