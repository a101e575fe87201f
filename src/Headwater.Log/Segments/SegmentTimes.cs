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

    /// <summary>The append time of the last event. Costs one read of the index; without an index, reads the whole segment.</summary>
    /// <returns>Null for a segment without events.</returns>
    /// <exception cref="SegmentGoneException">The segment does not exist.</exception>
    public async Task<UnixMicros?> LastAppendedAsync(SegmentFile file, CancellationToken cancellation)
    {
        if (await _indexes.IndexAsync(BlobNames.IndexOf(file.Name), cancellation) is { } index)
        {
            return index.LastAppended;
        }

        StoredHeader known = await _indexes.HeaderAsync(file.Name, cancellation) ?? throw new SegmentGoneException(file.Name);
        UnixMicros? last = null;
        await foreach (ScannedBlock scanned in _scan.BlocksAsync(file.Name, known.Header, known.Length, ProbeBytes * 64, cancellation))
        {
            using DecodedBlock block = scanned.Block;
            foreach (DecodedEvent view in block.GetEvents(known.Header.Schema))
            {
                last = view.Appended;
            }
        }

        return last;
    }
}
