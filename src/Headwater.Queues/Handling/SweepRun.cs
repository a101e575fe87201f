using Headwater.Log.Errors;

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

    private readonly List<SweepFailure> _failures = [];

    /// <summary>Notes that a piece of the sweep failed; the others go on.</summary>
    public void Failed(string what, Exception error) =>
        _failures.Add(new SweepFailure(what, ErrorBoundary.Reason(error)) { Defect = ErrorBoundary.IsDefect(error) ? error : null });

    /// <summary>Runs a piece of the sweep. Its failure does not stop the next one.</summary>
    public async Task<bool> TryAsync(string what, Func<Task<bool>> piece, CancellationToken cancellation)
    {
        try
        {
            return await piece();
        }
        catch (Exception error) when (ErrorBoundary.Contains(error, cancellation))
        {
            Failed(what, error);
            return false;
        }
    }

    public SweepReport Report(bool finished)
    {
        SweepReport report = new(Statuses, Claims, finished) { Abandoned = Abandoned };
        return _failures.Count == 0 ? report : report with { Failures = _failures };
    }
}

/// <summary>What the queues show of the batches whose messages they hold.</summary>
/// <param name="IsHandled">
/// Whether messages are handled as they arrive and all poisoned ones are seen. Otherwise no batch counts as abandoned.
/// </param>
/// <param name="Poisoned">The ids of the batches on the poison queue.</param>
internal sealed record QueueSight(bool IsHandled, IReadOnlySet<string> Poisoned);
