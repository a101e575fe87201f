using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>A stored batch of a sequenced producer.</summary>
/// <param name="Sequence">The sequence number of the batch's request.</param>
/// <param name="Base">The offset of the batch's first event.</param>
/// <param name="Count">The number of events, at least 1.</param>
public sealed record ProducerBatch(SequenceNumber Sequence, Offset Base, int Count);
