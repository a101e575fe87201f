using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>
/// Caches segment headers and indexes, which never change: each kind up to 16 MiB, the most recently used. Thread-safe.
/// </summary>
internal sealed class SegmentIndexes(IBlobs blobs, long mostBytes = SegmentIndexes.MostBytes)
{
    /// <summary>Bytes of headers, and of indexes.</summary>
    public const long MostBytes = 16 << 20;

    private const int IndexBytesMax = 1 << 20;

    /// <summary>What a value takes beside its content.</summary>
    private const int ObjectBytes = 512;

    /// <summary>A header's text is kept, and compiled to types and names.</summary>
    private const int HeaderCopies = 8;

    private const int EntryBytes = 24;

    private readonly LruCache<StoredHeader> _headers = new(mostBytes);

    private readonly LruCache<SegmentIndex> _indexes = new(mostBytes);

    /// <summary>As <see cref="StoredHeader.ReadAsync"/>, but without a storage call for a cached header.</summary>
    public async Task<StoredHeader?> HeaderAsync(string segment, CancellationToken cancellation)
    {
        if (_headers.TryGet(segment, out StoredHeader? known))
        {
            return known;
        }

        StoredHeader? header = await StoredHeader.ReadAsync(blobs, segment, cancellation);
        if (header is not null)
        {
            _headers.Set(segment, header, ObjectBytes + (HeaderCopies * (long)header.Length));
        }

        return header;
    }

    /// <summary>Reads the index of a sealed segment. Costs one read, or none if the index is cached.</summary>
    /// <param name="indexName">Name of the index blob.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Null if the index is missing, corrupt or of an unsupported version. The caller must then scan the segment.</returns>
    public async Task<SegmentIndex?> IndexAsync(string indexName, CancellationToken cancellation)
    {
        if (_indexes.TryGet(indexName, out SegmentIndex? known))
        {
            return known;
        }

        using BlobRead? read = await blobs.ReadAsync(indexName, 0, IndexBytesMax, cancellation);
        if (read is null || TryDecode(read.Content.Span) is not { } index)
        {
            return null;
        }

        _indexes.Set(indexName, index, ObjectBytes + (EntryBytes * (long)index.Entries.Count));
        return index;
    }

    /// <summary>An index only speeds up a search, so a corrupt or newer one is treated as missing.</summary>
    private static SegmentIndex? TryDecode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return SegmentIndex.Read(bytes);
        }
        catch (SegmentFormatException)
        {
            return null;
        }
    }
}
