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

    /// <summary>Null for a segment still empty: whoever appends first writes it.</summary>
    public SegmentHeader? Header { get; init; }

    /// <summary>When the segment's first event was appended.</summary>
    public UnixMicros? FirstAppended { get; init; }
}
