using Headwater.Core.Positions;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// Remembers for some time that a listing showed an unfinished roll to be the log end, so that not every read at the end lists. The memory is of one version of
/// one blob: the log goes on only by a change of that blob or by the creation of its successor, and a read finds both. Thread-safe.
/// </summary>
/// <param name="place">The partition.</param>
/// <param name="opener">Lists the segments.</param>
/// <param name="time">Measures how old the listing is.</param>
/// <param name="trusted">How long a listing is used. Segments that were replaced are kept for longer, so the successor cannot be gone before.</param>
internal sealed class UnfinishedEnd(PartitionPlace place, PartitionOpener opener, TimeProvider time, TimeSpan trusted)
{
    private readonly Lock _gate = new();

    private Listing? _last;

    /// <inheritdoc cref="PartitionOpener.IsLostAsync"/>
    public async Task<bool> IsLostAsync(TailFound found, CancellationToken cancellation)
    {
        if (!PartitionOpener.MayBeElsewhere(found))
        {
            return found.End == TailEnd.Missing;
        }

        Listing listing;
        lock (_gate)
        {
            listing = _last is { } last && last.Covers(found) && time.GetElapsedTime(last.At) < trusted
                ? last
                : _last = new Listing(found.End, found.At.Next, found.ETag, time.GetTimestamp(), opener.IsLostAsync(place, found, CancellationToken.None));
        }

        return await listing.IsLost.WaitAsync(cancellation);
    }

    private sealed record Listing(TailEnd End, Offset Next, string ETag, long At, Task<bool> IsLost)
    {
        /// <summary>A listing that failed, or that showed that the log goes on elsewhere, says nothing about a later read.</summary>
        public bool Covers(TailFound found) =>
            End == found.End
            && Next == found.At.Next
            && ETag == found.ETag
            && (!IsLost.IsCompleted || (IsLost.IsCompletedSuccessfully && !IsLost.Result));
    }
}
