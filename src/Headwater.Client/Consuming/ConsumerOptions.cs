using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>When a consumer commits the offsets of events that it has processed.</summary>
public enum CommitMode
{
    /// <summary>Every <see cref="ConsumerOptions.CommitInterval"/>, when a partition is given up, and when the consumer stops.</summary>
    Automatic,

    /// <summary>Only by <see cref="Consumer{T}.CommitAsync(CancellationToken)"/>.</summary>
    Manual,
}

/// <summary>What a consumer does if retention deleted events that it has not read.</summary>
public enum BelowLogStart
{
    /// <summary><see cref="Consumer{T}.RunAsync"/> fails with <c>offset_below_start</c>.</summary>
    Stop,

    /// <summary>The consumer reports the loss to <see cref="ConsumerOptions.OnLost"/> and goes on at the first event that is left.</summary>
    Skip,
}

/// <summary>Events that retention deleted before the consumer read them.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="From">The first offset that is lost.</param>
/// <param name="To">The first offset that is left.</param>
public readonly record struct LostEvents(PartitionId Partition, Offset From, Offset To);

/// <summary>How a <see cref="Consumer{T}"/> reads, shares and commits.</summary>
public sealed record ConsumerOptions
{
    /// <summary>
    /// The consumer group: its members share the partitions, and offsets are committed. Null: the consumer reads its own partitions and commits nothing.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>The member's id, which only this process uses. Null: the service makes one. Only with a group.</summary>
    public string? Member { get; init; }

    /// <summary>After this time without a heartbeat the member's partitions go to others, 6 s to 10 min. Default 30 s.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where a partition without a committed offset begins. Default: the earliest event.</summary>
    public StartFrom From { get; init; } = StartFrom.Earliest;

    /// <summary>The partitions of a consumer without a group. Null: all.</summary>
    public IReadOnlyList<PartitionId>? Partitions { get; init; }

    /// <summary>When offsets are committed. Default: automatically, after processing.</summary>
    public CommitMode Commits { get; init; } = CommitMode.Automatic;

    /// <summary>The time between automatic commits. Default 5 s.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Partitions that are processed at a time; within a partition, events are processed one after the other. Default 8.</summary>
    public int MaxParallelPartitions { get; init; } = 8;

    /// <summary>
    /// Events of a partition that wait for processing before the consumer reads no more of it; a page may add 1,000. Default 1,000. If the values that wait in
    /// all partitions have 64 MiB, only partitions without a waiting event are read.
    /// </summary>
    public int BufferedEvents { get; init; } = 1_000;

    /// <summary>What to do if retention deleted events that were not read. Default: stop.</summary>
    public BelowLogStart BelowLogStart { get; init; } = BelowLogStart.Stop;

    /// <summary>Called with the events that were skipped under <see cref="BelowLogStart.Skip"/>.</summary>
    public Action<LostEvents>? OnLost { get; init; }

    /// <summary>Called with the partitions of which the first event may follow.</summary>
    public Action<IReadOnlyList<PartitionId>>? OnAssigned { get; init; }

    /// <summary>Called with the partitions of which no event follows.</summary>
    public Action<IReadOnlyList<PartitionId>>? OnRevoked { get; init; }

    /// <summary>What to do with an event that cannot be read or processed. Default: <see cref="PoisonPolicy.Stop"/>.</summary>
    public PoisonPolicy Poison { get; init; } = PoisonPolicy.Stop;
}
