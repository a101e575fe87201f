using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Reading;

public sealed record PartitionPositions(PartitionId Partition, Offset LogStart, Offset LogEnd, int Segments, long Bytes);

/// <param name="Next">Offset after its last event.</param>
/// <param name="Url">Reads this blob alone until <paramref name="Expires"/>.</param>
public sealed record SegmentListing(
    PartitionId Partition,
    Offset Base,
    Offset Next,
    long Bytes,
    bool Sealed,
    int Generation,
    int SchemaVersion,
    BlockCodec Codec,
    Uri Url,
    DateTimeOffset Expires);
