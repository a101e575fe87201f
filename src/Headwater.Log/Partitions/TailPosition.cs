using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>Where a partition ends as far as this process knows. Immutable; only ever replaced by a later one.</summary>
internal sealed record TailPosition
{
    /// <summary>Base offset of the segment appended to.</summary>
    public required Offset SegmentBase { get; init; }

    /// <summary>Bytes of that segment known here; an append goes exactly there. Zero until its header is known.</summary>
    public required long Position { get; init; }

    /// <summary>Log end offset: the next to be assigned.</summary>
    public required Offset Next { get; init; }

    /// <summary>The next event is stamped no earlier.</summary>
    public required UnixMicros LastAppended { get; init; }

    /// <summary>AppendBlock calls the segment has taken.</summary>
    public required int Blocks { get; init; }

    /// <summary>Null for a segment still empty: the first to append writes it.</summary>
    public TailHeader? Header { get; init; }

    /// <summary>When the segment's first event was appended.</summary>
    public UnixMicros? FirstAppended { get; init; }

    /// <summary>The service has refused an append because the segment takes no more.</summary>
    public bool IsFull { get; init; }

    /// <summary>Whether the segment's first event is older than <paramref name="age"/>; false without events.</summary>
    public bool IsOlder(TimeSpan age, UnixMicros now) => FirstAppended is { } first && now.Value - first.Value > (long)age.TotalMicroseconds;
}

/// <summary>What appending to a segment and decoding it need of its header.</summary>
/// <param name="SchemaVersion">The version its values are encoded by.</param>
/// <param name="Codec">How its blocks are compressed.</param>
/// <param name="Sync">What ends each block.</param>
internal sealed record TailHeader(int SchemaVersion, BlockCodec Codec, SyncMarker Sync)
{
    public static TailHeader Of(SegmentHeader header) => new(header.SchemaVersion, header.Codec, header.Sync);
}
