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

    /// <summary>Number of events; null for a compacted segment, which does not tell it.</summary>
    public required long? Events { get; init; }

    /// <summary>Append time of the first event; null without events, and without an index that begins with it.</summary>
    public required UnixMicros? FirstAppended { get; init; }

    /// <summary>Append time of the last event; null without events, and without an index.</summary>
    public required UnixMicros? LastAppended { get; init; }

    /// <summary>A signed URL that reads only this blob, until <see cref="Expires"/>.</summary>
    public required Uri Url { get; init; }

    /// <summary>When <see cref="Url"/> expires: <see cref="Model.LogOptions.SignedUrlLifetime"/> after the listing.</summary>
    public required DateTimeOffset Expires { get; init; }
}

/// <summary>Which live segments to list.</summary>
/// <param name="Partition">The partition; null for all.</param>
/// <param name="From">Only segments with offsets at or after this one; null for all. Only with a partition.</param>
/// <param name="After">Where the page before has ended; null for the first page.</param>
/// <param name="Limit">Segments of a page.</param>
public sealed record SegmentRequest(PartitionId? Partition, Offset? From, SegmentCursor? After, int Limit);

/// <summary>Where a page of segments ends.</summary>
/// <param name="Partition">The partition of the last segment.</param>
/// <param name="Next">The end of its offset range.</param>
public readonly record struct SegmentCursor(PartitionId Partition, Offset Next);

/// <summary>Live segments in the order of partitions and offsets.</summary>
/// <param name="Segments">The segments.</param>
/// <param name="Next">Where the next page begins; null on the last page.</param>
public sealed record SegmentPage(IReadOnlyList<SegmentListing> Segments, SegmentCursor? Next);
