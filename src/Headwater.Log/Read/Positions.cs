using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Read;

/// <param name="Partition">Which partition.</param>
/// <param name="LogStart">First offset still there.</param>
/// <param name="LogEnd">Next offset to be assigned.</param>
/// <param name="Segments">Live segments.</param>
/// <param name="Bytes">Stored in them.</param>
public sealed record PartitionPositions(PartitionId Partition, Offset LogStart, Offset LogEnd, int Segments, long Bytes);

/// <summary>A live segment and a URL that reads it.</summary>
/// <param name="Partition">Which partition.</param>
/// <param name="Base">First offset it stands for.</param>
/// <param name="Next">Offset after its last event.</param>
public sealed record SegmentListing(PartitionId Partition, Offset Base, Offset Next)
{
    public required long Bytes { get; init; }

    public required bool Sealed { get; init; }

    public required int Generation { get; init; }

    public required int SchemaVersion { get; init; }

    public required BlockCodec Codec { get; init; }

    /// <summary>Reads this blob alone until <see cref="Expires"/>.</summary>
    public required Uri Url { get; init; }

    public required DateTimeOffset Expires { get; init; }
}
