using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>Finds the append times of events in sealed segments.</summary>
internal sealed class SegmentTimes(IBlobs blobs)
{
    private const int ProbeBytes = 64 << 10;

    private readonly SegmentIndexes _indexes = new(blobs);

    private readonly SegmentScan _scan = new(blobs);

    /// <summary>
    /// The append time of the first event at or after an offset. Costs one read of the index. If the index has no entry for exactly this offset, also reads the
    /// header, and the blocks from the last entry before the offset (without an index, from the first block).
    /// </summary>
    /// <param name="segment">A sealed segment.</param>
    /// <param name="from">The offset.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Null if there is no such event, or the segment does not exist.</returns>
    /// <exception cref="SegmentGoneException">The segment was deleted after its header was read.</exception>
    public async Task<UnixMicros?> FirstAppendedAsync(string segment, Offset from, CancellationToken cancellation)
    {
        SegmentIndex? index = await _indexes.IndexAsync(BlobNames.IndexOf(segment), cancellation);
        IndexEntry? entry = index?.FindByOffset(from);
        if (entry is { } exact && exact.Offset == from)
        {
            return exact.Appended;
        }

        if (await _indexes.HeaderAsync(segment, cancellation) is not { } known)
        {
            return null;
        }

        await foreach (ScannedBlock scanned in _scan.BlocksAsync(segment, known.Header, entry?.Position ?? known.Length, ProbeBytes, cancellation))
        {
            using DecodedBlock block = scanned.Block;
            foreach (DecodedEvent view in block.GetEvents(known.Header.Schema))
            {
                if (view.Offset >= from)
                {
                    return view.Appended;
                }
            }
        }

        return null;
    }

    /// <summary>
    /// The first segment whose last event was appended at a time or later. Append times never decrease, so for S segments this costs about log2 S reads. A
    /// segment without events is skipped.
    /// </summary>
    /// <param name="segments">Sealed segments in offset order.</param>
    /// <param name="since">The time.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="SegmentGoneException">A segment does not exist.</exception>
    /// <exception cref="HeadwaterException">CorruptSegment.</exception>
    public async Task<SegmentSince> FirstSinceAsync(IReadOnlyList<LiveSegment> segments, UnixMicros since, CancellationToken cancellation)
    {
        int low = 0;
        int high = segments.Count;
        var found = new SegmentSince(segments.Count, null);
        while (low < high)
        {
            int middle = (low + high) / 2;
            int at = middle;
            UnixMicros? last = null;
            while (at < high && (last = await LastAppendedAsync(segments[at].File, cancellation)) is null)
            {
                at++;
            }

            if (last >= since)
            {
                found = new SegmentSince(at, last);
            }

            (low, high) = last < since ? (at + 1, high) : (low, middle);
        }

        return found;
    }

    /// <summary>The append time of the last event. Costs one read of the index; a missing one is built and written, which reads the whole segment.</summary>
    /// <returns>Null for a segment without events.</returns>
    /// <exception cref="SegmentGoneException">The segment does not exist.</exception>
    /// <exception cref="HeadwaterException">CorruptSegment.</exception>
    public async Task<UnixMicros?> LastAppendedAsync(SegmentFile file, CancellationToken cancellation)
    {
        string name = BlobNames.IndexOf(file.Name);
        if (await _indexes.IndexAsync(name, cancellation) is { } known)
        {
            return known.LastAppended;
        }

        StoredHeader header = await _indexes.HeaderAsync(file.Name, cancellation) ?? throw new SegmentGoneException(file.Name);
        SegmentIndex? built = await IndexScan.ReadAsync(file, header, _scan, cancellation);
        if (built is not null && file.Sealed)
        {
            await IndexScan.TryWriteAsync(blobs, name, built, cancellation);
        }

        return built?.LastAppended;
    }
}

/// <summary>The first segment whose last event was appended at a time or later.</summary>
/// <param name="Index">Its index; the number of segments if there is none.</param>
/// <param name="Last">The append time of its last event; null if there is none.</param>
internal readonly record struct SegmentSince(int Index, UnixMicros? Last);
