using Headwater.Core.Positions;
using Headwater.Log.Clock;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Cleanup;

/// <summary>
/// Builds the missing indexes of a partition's sealed segments: a process that died during a roll, or a write that failed, leaves a segment without one. Costs
/// one read of the whole segment and one write for each.
/// </summary>
internal sealed class MissingIndexes(IBlobs blobs, TimeSlice slice)
{
    private readonly SegmentScan _scan = new(blobs);

    /// <param name="items">A listing of the partition.</param>
    /// <param name="cancellation">Stops the calls.</param>
    /// <returns>False if the time was over before all were built.</returns>
    public async Task<bool> BuildAsync(IReadOnlyList<BlobItem> items, CancellationToken cancellation)
    {
        HashSet<string> names = [.. items.Select(i => i.Name)];
        foreach (LiveSegment segment in SegmentMap.Resolve(items.Select(SegmentFile.FromListing).OfType<SegmentFile>()))
        {
            bool isMissing = segment.File is { Sealed: true, Length: > 0 }
                && segment.Visible.End != Offset.Max
                && !names.Contains(BlobNames.IndexOf(segment.File.Name));
            if (isMissing && slice.IsOver)
            {
                return false;
            }

            if (isMissing)
            {
                await BuildAsync(segment.File, cancellation);
            }
        }

        return true;
    }

    private async Task BuildAsync(SegmentFile file, CancellationToken cancellation)
    {
        try
        {
            if (await StoredHeader.ReadAsync(blobs, file.Name, cancellation) is { } known
                && await IndexScan.ReadAsync(file, known, _scan, cancellation) is { } index)
            {
                await IndexScan.TryWriteAsync(blobs, BlobNames.IndexOf(file.Name), index, cancellation);
            }
        }
        catch (SegmentGoneException)
        {
            // Deleted since the listing, so it needs no index.
        }
    }
}
