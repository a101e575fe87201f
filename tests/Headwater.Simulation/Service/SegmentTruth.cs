using Headwater.Core.Segments;

namespace Headwater.Simulation.Service;

/// <summary>A live segment as its bytes tell it.</summary>
internal sealed class SegmentTruth(long start)
{
    public long Base { get; } = start;

    public long Next { get; set; } = start;

    public long Length { get; set; }

    public SegmentHeader? Header { get; set; }

    public bool IsSealed { get; set; }

    public bool HasEvents => Next > Base;
}
