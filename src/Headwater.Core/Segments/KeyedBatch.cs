using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>A batch that came with an Idempotency-Key.</summary>
/// <param name="Base">The offset of its first event.</param>
/// <param name="Count">The number of its events, at least 1.</param>
public readonly record struct KeyedBatch(RequestKey Request, RequestDigest Digest, Offset Base, int Count);
