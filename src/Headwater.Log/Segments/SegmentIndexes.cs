using System.Collections.Concurrent;
using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>What a reader keeps of immutable blobs: segment headers and indexes, at most a few hundred of each.</summary>
internal sealed class SegmentIndexes(IBlobs blobs)
{
    private const int Capacity = 512;

    private const int IndexBytesMax = 1 << 20;

    private readonly ConcurrentDictionary<string, StoredHeader> _headers = new();

    private readonly ConcurrentDictionary<string, SegmentIndex> _indexes = new();

    /// <summary><see cref="StoredHeader.ReadAsync"/>, or no storage call if remembered.</summary>
    public async Task<StoredHeader?> HeaderAsync(string segment, CancellationToken cancellation)
    {
        if (_headers.TryGetValue(segment, out StoredHeader? known))
        {
            return known;
        }

        return await StoredHeader.ReadAsync(blobs, segment, cancellation) is { } header ? Keep(_headers, segment, header) : null;
    }

    /// <summary>The index of a sealed segment: one read, or none if remembered.</summary>
    /// <param name="indexName">The index blob.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Null if there is none of use: the reader scans instead.</returns>
    public async Task<SegmentIndex?> IndexAsync(string indexName, CancellationToken cancellation)
    {
        if (_indexes.TryGetValue(indexName, out SegmentIndex? known))
        {
            return known;
        }

        using BlobRead? read = await blobs.ReadAsync(indexName, 0, IndexBytesMax, cancellation);
        return read is not null && TryDecode(read.Content.Span) is { } index ? Keep(_indexes, indexName, index) : null;
    }

    /// <summary>A damaged or newer index is as good as none.</summary>
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
