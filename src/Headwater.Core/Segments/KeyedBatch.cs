using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>A stored batch whose request had an Idempotency-Key.</summary>
/// <param name="Request">The hash of the key.</param>
/// <param name="Digest">The hash of the request's body.</param>
/// <param name="Base">The offset of the batch's first event.</param>
/// <param name="Count">The number of events, at least 1.</param>
public readonly record struct KeyedBatch(RequestKey Request, RequestDigest Digest, Offset Base, int Count);
