using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>When the events of sealed segments were appended.</summary>
internal sealed class SegmentTimes(IBlobs blobs)
{
    private const int ProbeBytes = 64 << 10;

    private readonly SegmentIndexes _indexes = new(blobs);

    private readonly SegmentScan _scan = new(blobs);

    /// <summary>One read, of its index. If that does not tell, or there is none, its header and its blocks from the last one known before the offset.</summary>
    /// <param name="segment">A sealed one.</param>
    /// <param name="from">The first event at or after this offset is asked for.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Null if there is no such event, or the segment is gone.</returns>
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

    /// <summary>One read, of its index; without one, of all of its blocks.</summary>
    /// <returns>Null for a segment without events.</returns>
    /// <exception cref="SegmentGoneException">It is gone.</exception>
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
