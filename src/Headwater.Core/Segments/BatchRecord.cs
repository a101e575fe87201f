using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// The batch record of a block, stored in the block's first event. The checksum stored with it belongs to the encoder and decoder.
/// </summary>
/// <param name="Id">Unique per batch.</param>
/// <param name="Request">The hash of the request's idempotency key; null without one.</param>
/// <param name="Digest">The hash of the request's body, which distinguishes a repeat from a different request with the same key; null without a key.</param>
/// <param name="Producer">The id of the sequenced producer; null without one.</param>
/// <param name="Epoch">The producer's epoch; <see cref="ProducerEpoch.None"/> without a producer.</param>
/// <param name="Sequence">The request's sequence number; 0 without a producer.</param>
/// <param name="Count">The number of events in the block, at least 1.</param>
public sealed record BatchRecord(
    BatchId Id,
    RequestKey? Request,
    RequestDigest? Digest,
    string? Producer,
    ProducerEpoch Epoch,
    SequenceNumber Sequence,
    int Count);
