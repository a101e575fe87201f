using System.Collections.Concurrent;
using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>
/// Caches segment headers and indexes, which never change: at most 512 of each. A full cache is cleared. Thread-safe.
/// </summary>
internal sealed class SegmentIndexes(IBlobs blobs)
{
    private const int Capacity = 512;

    private const int IndexBytesMax = 1 << 20;

    private readonly ConcurrentDictionary<string, StoredHeader> _headers = new();

    private readonly ConcurrentDictionary<string, SegmentIndex> _indexes = new();

    /// <summary>As <see cref="StoredHeader.ReadAsync"/>, but without a storage call for a cached header.</summary>
    public async Task<StoredHeader?> HeaderAsync(string segment, CancellationToken cancellation)
    {
        if (_headers.TryGetValue(segment, out StoredHeader? known))
        {
            return known;
        }

        return await StoredHeader.ReadAsync(blobs, segment, cancellation) is { } header ? Keep(_headers, segment, header) : null;
    }

    /// <summary>Reads the index of a sealed segment. Costs one read, or none if the index is cached.</summary>
    /// <param name="indexName">Name of the index blob.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Null if the index is missing, corrupt or of an unsupported version. The caller must then scan the segment.</returns>
    public async Task<SegmentIndex?> IndexAsync(string indexName, CancellationToken cancellation)
    {
        if (_indexes.TryGetValue(indexName, out SegmentIndex? known))
        {
            return known;
        }

        using BlobRead? read = await blobs.ReadAsync(indexName, 0, IndexBytesMax, cancellation);
        return read is not null && TryDecode(read.Content.Span) is { } index ? Keep(_indexes, indexName, index) : null;
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

    private static T Keep<T>(ConcurrentDictionary<string, T> cache, string name, T value)
    {
        if (cache.Count >= Capacity)
        {
            cache.Clear();
        }

        return cache[name] = value;
    }
}
