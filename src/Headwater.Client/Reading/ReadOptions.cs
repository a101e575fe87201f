using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>What <see cref="EventStream{T}.ReadAsync"/> reads.</summary>
public sealed record ReadOptions
{
    /// <summary>Where reading begins. Default: the earliest event.</summary>
    public StartFrom From { get; init; } = StartFrom.Earliest;

    /// <summary>The partitions. Null: all.</summary>
    public IReadOnlyList<PartitionId>? Partitions { get; init; }

    /// <summary>Whether reading goes on at the log end, until it is cancelled. Default false: it ends at the log end of its start.</summary>
    public bool Follow { get; init; }

    /// <summary>Events of one request, 1 to 10,000. Default 1,000.</summary>
    public int PageEvents { get; init; } = 1_000;
}
