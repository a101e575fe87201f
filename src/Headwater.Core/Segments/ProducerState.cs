using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>What one partition remembers of a sequenced producer.</summary>
/// <param name="Id">The producer's name.</param>
/// <param name="Epoch">The highest epoch that has appended here.</param>
/// <param name="Next">The sequence expected next within that epoch.</param>
/// <param name="LastAppended">When it last appended: idle producers are forgotten by it.</param>
/// <param name="Recent">Its last batches, at most <see cref="MaxRecent"/>, oldest first: their repeats are answered in full.</param>
public sealed record ProducerState(
    string Id, ProducerEpoch Epoch, SequenceNumber Next, UnixMicros LastAppended, IReadOnlyList<ProducerBatch> Recent)
{
    public const int MaxRecent = 16;
}
