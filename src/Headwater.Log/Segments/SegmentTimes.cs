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
