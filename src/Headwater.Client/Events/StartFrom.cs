using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Where reading begins.</summary>
public sealed record StartFrom
{
    private StartFrom()
    {
    }

    /// <summary>The first event that is still in the log.</summary>
    public static StartFrom Earliest { get; } = new();

    /// <summary>The log end: only events appended from now on.</summary>
    public static StartFrom Latest { get; } = new() { IsLatest = true };

    internal bool IsLatest { get; private init; }

    internal UnixMicros? Since { get; private init; }

    internal IReadOnlyDictionary<PartitionId, Offset>? Offsets { get; private init; }

    /// <summary>The first event appended at or after this time.</summary>
    public static StartFrom Time(DateTimeOffset time) => new() { Since = UnixMicros.From(time.AddTicks(TimeSpan.TicksPerMicrosecond - 1)) };

    /// <summary>These positions; partitions without one begin at the earliest event.</summary>
    public static StartFrom Positions(params IEnumerable<EventPosition> positions) =>
        new() { Offsets = positions.ToDictionary(p => p.Partition, p => p.Offset) };
}
