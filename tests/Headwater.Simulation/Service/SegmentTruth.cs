using Headwater.Core.Segments;

namespace Headwater.Simulation.Service;

/// <summary>A live segment, decoded from its bytes.</summary>
internal sealed class SegmentTruth(long start, bool isStray)
{
    /// <summary>Created by a late call, after the segment of that name was deleted.</summary>
    public bool IsStray { get; } = isStray;

    public long Base { get; } = start;

    public long Next { get; set; } = start;

    public long Length { get; set; }

    public SegmentHeader? Header { get; set; }

    public bool IsSealed { get; set; }

    public bool HasEvents => Next > Base;
}
