using Headwater.Log.Append;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Stored;

/// <summary>The state of a queued batch.</summary>
public enum AppendState
{
    /// <summary>On the queue, or waiting to be retried.</summary>
    Queued,

    /// <summary>Stored in the log.</summary>
    Appended,

    /// <summary>Given up; its message is on a poison queue.</summary>
    Poisoned,
}

/// <summary>The status of a queued batch.</summary>
/// <param name="Id">The batch's id.</param>
/// <param name="State">The state recorded last.</param>
/// <param name="Stream">The stream's name; empty if it is unknown.</param>
/// <param name="At">When the state was recorded.</param>
public sealed record QueuedStatus(string Id, AppendState State, string Stream, DateTimeOffset At)
{
    /// <summary>The number of events, if appended.</summary>
    public int Count { get; init; }

    /// <summary>Where the events are stored, if appended.</summary>
    public IReadOnlyList<QueuedShare> Partitions { get; init; } = [];

    /// <summary>Why the batch was given up, if poisoned.</summary>
    public string? Code { get; init; }

    /// <inheritdoc cref="Code"/>
    public string? Reason { get; init; }

    /// <summary>Whether the message of a poisoned batch was discarded: the batch can no longer be appended.</summary>
    public bool IsDiscarded { get; init; }

    /// <summary>When a sweep first found that the batch has been queued for too long to be still waiting; null unless it is.</summary>
    public DateTimeOffset? SuspectedAt { get; init; }

    /// <summary>The blob that contains the events, deleted together with the status.</summary>
    public string? Claim { get; init; }

    /// <summary>The status of a batch without a row, as far as its id says it: queued since the second of the id, and the stream is unknown.</summary>
    public static QueuedStatus Unrecorded(string id) => new(id, AppendState.Queued, "", TimedId.TimeOf(id));

    /// <summary>The status of the batch once its message is given up.</summary>
    public QueuedStatus GivenUp(PoisonRecord record) =>
        this with { State = AppendState.Poisoned, At = record.At, Code = record.Code, Reason = record.Reason, SuspectedAt = null };

    /// <summary>The status of an appended batch.</summary>
    public static QueuedStatus Appended(QueuedBatch batch, AppendOutcome outcome, DateTimeOffset now) =>
        new(batch.Id, AppendState.Appended, batch.Stream, now)
        {
            Count = outcome.Partitions.Sum(p => p.Events.Count),
            Partitions = [.. outcome.Partitions.Select(p => new QueuedShare(p.Partition.Value, p.Base?.Value, p.Events.Count))],
            Claim = ClaimBlobs.NameOf(batch),
        };
}

/// <summary>The events of a batch in one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="BaseOffset">The offset of the first event; null for a repeat whose offsets are no longer remembered.</param>
/// <param name="Count">The number of events in the partition.</param>
public sealed record QueuedShare(int Partition, long? BaseOffset, int Count);
