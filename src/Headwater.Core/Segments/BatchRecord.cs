using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// What a block says about itself, carried by its first event. The checksum stored beside it is the encoder's and the decoder's business.
/// </summary>
/// <param name="Id">Unique per batch.</param>
/// <param name="Request">The idempotency key's hash, if the request had one.</param>
/// <param name="Digest">The hash of the request's body, to tell a repeat from another request under the same key.</param>
/// <param name="Producer">The sequenced producer's id, if there is one.</param>
/// <param name="Epoch"><see cref="ProducerEpoch.None"/> without a producer.</param>
/// <param name="Sequence">Zero without a producer.</param>
/// <param name="Count">The number of events in the block, at least 1.</param>
public sealed record BatchRecord(
    BatchId Id,
    RequestKey? Request,
    RequestDigest? Digest,
    string? Producer,
    ProducerEpoch Epoch,
    SequenceNumber Sequence,
    int Count);
