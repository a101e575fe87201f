using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>A batch a sequenced producer has appended.</summary>
/// <param name="Base">The offset of its first event.</param>
/// <param name="Count">The number of its events, at least 1.</param>
public sealed record ProducerBatch(SequenceNumber Sequence, Offset Base, int Count);
