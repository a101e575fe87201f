using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>The state of one sequenced producer in one partition.</summary>
/// <param name="Id">The producer id.</param>
/// <param name="Epoch">The highest epoch that has appended to the partition.</param>
/// <param name="Next">The next sequence number expected in that epoch.</param>
/// <param name="LastAppended">The time of the producer's last append, from which its expiry is counted.</param>
/// <param name="Recent">The producer's last batches, at most <see cref="MaxRecent"/>, oldest first. A repeat of one of them gets the original answer.</param>
public sealed record ProducerState(
    string Id, ProducerEpoch Epoch, SequenceNumber Next, UnixMicros LastAppended, IReadOnlyList<ProducerBatch> Recent)
{
    /// <summary>The largest number of recent batches that are kept per producer.</summary>
    public const int MaxRecent = 16;
}
