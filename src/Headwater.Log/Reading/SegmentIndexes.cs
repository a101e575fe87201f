using System.Collections.Concurrent;
using Headwater.Core.Segments;
using Headwater.Log.Errors;
using Headwater.Log.Ports;

namespace Headwater.Log.Reading;

/// <summary>What a reader keeps of immutable blobs: segment headers and indexes, at most a few hundred of each.</summary>
internal sealed class SegmentIndexes(IBlobs blobs)
{
    private const int Capacity = 512;

    private const int IndexBytesMax = 1 << 20;

    private const int HeaderRead = 64 << 10;

    private readonly ConcurrentDictionary<string, KnownHeader> _headers = new();

    private readonly ConcurrentDictionary<string, SegmentIndex> _indexes = new();

    /// <summary>One read, or none if remembered; a header over 64 KiB takes another.</summary>
    /// <returns>Null if the segment is gone or still empty.</returns>
    /// <exception cref="HeadwaterException">CorruptSegment.</exception>
    public async Task<KnownHeader?> HeaderAsync(string segment, CancellationToken cancellation)
    {
        if (_headers.TryGetValue(segment, out KnownHeader? known))
        {
            return known;
        }

        for (int size = HeaderRead; size <= SegmentHeader.MaxBytes * 4; size *= 8)
        {
            using BlobRead? read = await blobs.ReadAsync(segment, 0, size, cancellation);
            if (read is null || read.Length == 0)
            {
                return null;
            }

            if (TryRead(segment, read.Content.Span) is { } header)
            {
                return Keep(_headers, segment, header);
            }
        }

        throw new HeadwaterException(ErrorCode.CorruptSegment, $"{segment} ends inside its header.");
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

    private static KnownHeader? TryRead(string segment, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return SegmentHeader.TryRead(bytes, out SegmentHeader? header, out int length) ? new KnownHeader(header, length) : null;
        }
        catch (SegmentFormatException problem)
        {
            throw new HeadwaterException(ErrorCode.CorruptSegment, $"{segment}: {problem.Message} (byte {problem.Position}).", problem);
        }
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

/// <param name="Header">As stored.</param>
/// <param name="Length">Bytes: where the first block begins.</param>
internal sealed record KnownHeader(SegmentHeader Header, int Length);
