using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>The end of a partition as far as this process knows. Immutable; a tail only replaces it with a later one.</summary>
internal sealed record TailPosition
{
    /// <summary>Base offset of the active segment.</summary>
    public required Offset SegmentBase { get; init; }

    /// <summary>Bytes of the active segment that this process knows. The next append must begin exactly there. Zero until the header is known.</summary>
    public required long Position { get; init; }

    /// <summary>Log end offset: the next to be assigned.</summary>
    public required Offset Next { get; init; }

    /// <summary>Append time of the last event. The next event never gets an earlier one.</summary>
    public required UnixMicros LastAppended { get; init; }

    /// <summary>AppendBlock calls committed to the segment, as far as known.</summary>
    public required int Blocks { get; init; }

    /// <summary>Null while the segment is unread or empty. The first process that appends to an empty segment writes its header.</summary>
    public TailHeader? Header { get; init; }

    /// <summary>Append time of the segment's first event; null without events.</summary>
    public UnixMicros? FirstAppended { get; init; }

    /// <summary>Batches with a request key in the segment.</summary>
    public int Keys { get; init; }

    /// <summary>True if the service has rejected an append because the segment reached its limit of blocks or bytes.</summary>
    public bool IsFull { get; init; }

    /// <summary>Whether the segment's first event is older than <paramref name="age"/>; false without events.</summary>
    public bool IsOlder(TimeSpan age, UnixMicros now) => FirstAppended is { } first && now.Value - first.Value > (long)age.TotalMicroseconds;
}

/// <summary>The parts of a segment's header that are needed to append to it and to decode it.</summary>
/// <param name="SchemaVersion">The schema version of its values.</param>
/// <param name="Codec">The codec of its blocks.</param>
/// <param name="Sync">The sync marker that ends each block.</param>
internal sealed record TailHeader(int SchemaVersion, BlockCodec Codec, SyncMarker Sync)
{
    public static TailHeader Of(SegmentHeader header) => new(header.SchemaVersion, header.Codec, header.Sync);
}
