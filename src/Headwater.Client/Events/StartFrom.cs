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

    /// <summary>The id of the stream whose offsets these are; null if the program does not say.</summary>
    internal string? StreamId { get; private init; }

    /// <summary>The first event appended at or after this time.</summary>
    public static StartFrom Time(DateTimeOffset time) => new() { Since = UnixMicros.From(time.AddTicks(TimeSpan.TicksPerMicrosecond - 1)) };

    /// <summary>
    /// These positions of the stream with this id; partitions without one begin at the earliest event. If the stream was deleted and created again, reading
    /// fails with <c>stream_replaced</c>.
    /// </summary>
    /// <param name="streamId">The id, as of <see cref="StreamDescription.StreamId"/> or <see cref="ReplayBatch{T}.StreamId"/>.</param>
    /// <param name="positions">The offsets of the next events to read.</param>
    public static StartFrom Positions(string streamId, params IEnumerable<EventPosition> positions) => Positions(positions) with { StreamId = streamId };

    /// <summary>
    /// These positions; partitions without one begin at the earliest event. Positions that outlive the process are those of another log if the stream is
    /// deleted and created again: give its id too.
    /// </summary>
    public static StartFrom Positions(params IEnumerable<EventPosition> positions) =>
        new() { Offsets = positions.ToDictionary(p => p.Partition, p => p.Offset) };
}
