using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>
/// Caches segment headers and indexes, which never change: each kind up to 16 MiB, the most recently used. Builds missing indexes. Thread-safe.
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

    private readonly Lock _gate = new();

    private readonly Dictionary<string, Task<SegmentIndex?>> _building = new(StringComparer.Ordinal);

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

        Keep(indexName, index);
        return index;
    }

    /// <summary>
    /// As <see cref="IndexAsync"/>, but builds a missing index and writes it, so that no later read scans the segment from its start. Costs one read of the
    /// whole segment and one write, once. Simultaneous callers share it, and it goes on if they stop waiting.
    /// </summary>
    /// <param name="file">The segment.</param>
    /// <param name="known">Its header.</param>
    /// <param name="scan">Reads the segment.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Null if the segment has no events, does not fit the budget of the scan or is corrupt: the caller must then scan what it needs.</returns>
    /// <exception cref="SegmentGoneException">The segment was deleted.</exception>
    public async Task<SegmentIndex?> IndexOrBuildAsync(SegmentFile file, StoredHeader known, SegmentScan scan, CancellationToken cancellation)
    {
        string name = BlobNames.IndexOf(file.Name);
        SegmentIndex? found = await IndexAsync(name, cancellation);
        if (found is not null || !file.Sealed)
        {
            return found;
        }

        Task<SegmentIndex?>? building;
        lock (_gate)
        {
            if (_indexes.TryGet(name, out SegmentIndex? built))
            {
                return built;
            }

            if (!_building.TryGetValue(name, out building))
            {
                building = BuildAsync(name, file, known, scan);
                if (!building.IsCompleted)
                {
                    _building.Add(name, building);
                }
            }
        }

        return await building.WaitAsync(cancellation);
    }

    private async Task<SegmentIndex?> BuildAsync(string name, SegmentFile file, StoredHeader known, SegmentScan scan)
    {
        try
        {
            if (await IndexScan.ReadAsync(file, known, scan, CancellationToken.None) is not { } index)
            {
                return null;
            }

            Keep(name, index);
            await IndexScan.TryWriteAsync(blobs, name, index, CancellationToken.None);
            return index;
        }
        catch (HeadwaterException problem) when (problem.Code is ErrorCode.Overloaded or ErrorCode.CorruptSegment)
        {
            return null;
        }
        finally
        {
            lock (_gate)
            {
                _building.Remove(name);
            }
        }
    }

    private void Keep(string indexName, SegmentIndex index) =>
        _indexes.Set(indexName, index, ObjectBytes + (EntryBytes * (long)index.Entries.Count));

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
