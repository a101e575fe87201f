using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Read;

/// <summary>A partition's offsets and size.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="LogStart">The log start offset: lower offsets are deleted.</param>
/// <param name="LogEnd">The log end offset: the next offset to be assigned.</param>
/// <param name="Segments">Number of live segments.</param>
/// <param name="Bytes">Stored bytes of the live segments, including headers.</param>
public sealed record PartitionPositions(PartitionId Partition, Offset LogStart, Offset LogEnd, int Segments, long Bytes);

/// <summary>A live segment and a URL that reads it.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Base">The segment's base offset.</param>
/// <param name="Next">End of the segment's offset range: the base of the next segment, or the log end for the active segment.</param>
public sealed record SegmentListing(PartitionId Partition, Offset Base, Offset Next)
{
    /// <summary>Length of the blob in bytes, including the header.</summary>
    public required long Bytes { get; init; }

    /// <summary>True if the segment takes no more appends.</summary>
    public required bool Sealed { get; init; }

    /// <summary>0 for a segment written by appends; higher for a compacted segment, whose offsets may have gaps.</summary>
    public required int Generation { get; init; }

    /// <summary>The schema version of all events in the segment; the stream's current version if the segment has no header yet.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>Compression of the segment's blocks; the stream's setting if the segment has no header yet.</summary>
    public required BlockCodec Codec { get; init; }

    /// <summary>A signed URL that reads only this blob, until <see cref="Expires"/>.</summary>
    public required Uri Url { get; init; }

    /// <summary>When <see cref="Url"/> expires: <see cref="Model.LogOptions.SignedUrlLifetime"/> after the listing.</summary>
    public required DateTimeOffset Expires { get; init; }
}
