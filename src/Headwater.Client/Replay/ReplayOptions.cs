using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>What <see cref="EventStream{T}.ReplayAsync"/> replays, and how.</summary>
public sealed record ReplayOptions
{
    /// <summary>Where the replay begins. Default: the earliest event.</summary>
    public StartFrom From { get; init; } = StartFrom.Earliest;

    /// <summary>The partitions. Null: all.</summary>
    public IReadOnlyList<PartitionId>? Partitions { get; init; }

    /// <summary>Whether the replay goes on with live events, until it is cancelled. Default false: it ends at the log end of its start.</summary>
    public bool Follow { get; init; }

    /// <summary>
    /// Groups of blocks that are decoded at a time; one more may wait for its turn. Together with the size of blocks, it bounds the memory. Default: the number
    /// of processors.
    /// </summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether history is read from segment files. Default true. False: through the API alone, which costs the service more.</summary>
    public bool UseSegments { get; init; } = true;

    /// <summary>Receives the progress every <see cref="ProgressInterval"/>, and when the history is complete. Null: nothing is reported.</summary>
    public IProgress<ReplayProgress>? Progress { get; init; }

    /// <summary>The time between two reports of progress, and between two log lines. Default 5 s.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(5);
}
