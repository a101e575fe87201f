using Headwater.Contracts.Errors;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Streams;

/// <summary>One version of a stream's document, as read from storage.</summary>
/// <param name="Document">The document.</param>
/// <param name="ETag">The ETag of this version.</param>
internal sealed record StoredStream(StreamDocument Document, string ETag);

/// <summary>Reads and writes <c>stream.json</c>; every write is conditional.</summary>
internal sealed class StreamStore(LogPorts ports)
{
    private const int DocumentBytesMax = 16 << 20;

    /// <summary>Costs one read.</summary>
    /// <returns>Null if there is no document of that name.</returns>
    /// <exception cref="HeadwaterException">CorruptSegment: the document cannot be read.</exception>
    public async Task<StoredStream?> ReadAsync(StreamName name, CancellationToken cancellation)
    {
        using BlobRead? blob = await ports.Blobs.ReadAsync(BlobNames.StreamDocument(name), 0, DocumentBytesMax, cancellation);
        ports.Clock.Observe(blob?.Date);
        return blob is null ? null : new StoredStream(StreamDocument.Read(blob.Content.Span, name), blob.ETag);
    }

    /// <summary>Costs one write.</summary>
    /// <returns>False, and nothing is written, if the condition did not hold.</returns>
    public async Task<bool> WriteAsync(StreamName name, StreamDocument document, WriteCondition condition, CancellationToken cancellation) =>
        await ports.Blobs.WriteAsync(BlobNames.StreamDocument(name), document.Write(), condition, cancellation) is not null;

    /// <returns>False if the document is missing or has another ETag.</returns>
    public async Task<bool> DeleteAsync(StreamName name, string etag, CancellationToken cancellation) =>
        await ports.Blobs.DeleteAsync(BlobNames.StreamDocument(name), etag, cancellation);

    public static HeadwaterException NotFound(StreamName name) =>
        new(ErrorCode.StreamNotFound, $"There is no stream '{name}'. Create it with PUT /streams/{name}.");
}
