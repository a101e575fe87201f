namespace Headwater.Queues.Handling;

/// <summary>One sweep: what it may delete, and what it has deleted so far.</summary>
/// <param name="now">When the sweep began.</param>
/// <param name="old">Statuses recorded before this time have expired.</param>
/// <param name="queues">What the queues show.</param>
/// <param name="inTime">Whether the time budget lasts.</param>
internal sealed class SweepRun(DateTimeOffset now, DateTimeOffset old, QueueSight queues, Func<bool> inTime)
{
    public DateTimeOffset Now { get; } = now;

    public DateTimeOffset Old { get; } = old;

    public QueueSight Queues { get; } = queues;

    public Func<bool> InTime { get; } = inTime;

    public int Statuses { get; set; }

    public int Claims { get; set; }

    public int Abandoned { get; set; }

    public SweepReport Report(bool finished) => new(Statuses, Claims, finished) { Abandoned = Abandoned };
}

/// <summary>What the queues show of the batches whose messages they hold.</summary>
/// <param name="IsHandled">
/// Whether messages are handled as they arrive and all poisoned ones are seen. Otherwise no batch counts as abandoned.
/// </param>
/// <param name="Poisoned">The ids of the batches on the poison queue.</param>
internal sealed record QueueSight(bool IsHandled, IReadOnlySet<string> Poisoned);
