using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>An earlier segment whose batches with an idempotency key are remembered.</summary>
/// <param name="Base">The base offset of the segment, which is of generation 0.</param>
/// <param name="Count">The number of its keyed batches, at least 1.</param>
/// <param name="Last">The append time of the last of them.</param>
public readonly record struct KeySegment(Offset Base, int Count, UnixMicros Last);
