using Headwater.Log.Appending;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Stored;

/// <summary>What became of a batch taken for later.</summary>
public enum AppendState
{
    Queued,
    Appended,
    Poisoned,
}

/// <param name="Id">Of the batch.</param>
/// <param name="State">As last recorded.</param>
/// <param name="Stream">Where it goes.</param>
/// <param name="At">When that was recorded.</param>
public sealed record QueuedStatus(string Id, AppendState State, string Stream, DateTimeOffset At)
{
    /// <summary>Number of events, once appended.</summary>
    public int Count { get; init; }

    /// <summary>Where they are, once appended.</summary>
    public IReadOnlyList<QueuedShare> Partitions { get; init; } = [];

    /// <summary>Why it was poisoned.</summary>
    public string? Code { get; init; }

    /// <inheritdoc cref="Code"/>
    public string? Reason { get; init; }

    /// <summary>The blob that holds its events, to be swept with the status.</summary>
    public string? Claim { get; init; }

    public static QueuedStatus Appended(QueuedBatch batch, AppendOutcome outcome, DateTimeOffset now) =>
        new(batch.Id, AppendState.Appended, batch.Stream, now)
        {
            Count = outcome.Partitions.Sum(p => p.Events.Count),
            Partitions = [.. outcome.Partitions.Select(p => new QueuedShare(p.Partition.Value, p.Base?.Value, p.Events.Count))],
            Claim = ClaimBlobs.NameOf(batch),
        };
}

/// <param name="Partition">Which.</param>
/// <param name="BaseOffset">Of the first event; null for a repeat too old to be replayed in full.</param>
/// <param name="Count">Events there.</param>
public sealed record QueuedShare(int Partition, long? BaseOffset, int Count);
