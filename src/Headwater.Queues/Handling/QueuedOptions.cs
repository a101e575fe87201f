namespace Headwater.Queues.Handling;

/// <summary>Timeouts and limits of the queue path. The defaults are for production; tests use shorter ones.</summary>
public sealed record QueuedOptions
{
    /// <summary>The defaults below.</summary>
    public static QueuedOptions Default { get; } = new();

    /// <summary>
    /// How long a sequenced batch waits for its predecessors before it is given up; 1 h. Counts only the delays it was given after the log had reported the
    /// gap, so that storage outages and times
    /// without a running host do not count.
    /// </summary>
    public TimeSpan GapTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a batch that arrives before its predecessor is held in this process, in case the predecessor is being appended; 500 ms.</summary>
    public TimeSpan PredecessorTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest delay of a message that waits for storage; 5 min.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The host's <c>maxDequeueCount</c>; 5. At the last attempt the handler itself moves the message to the poison queue, so that the reason is kept.
    /// </summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>How long the status of a batch is kept after the batch was accepted; 7 days.</summary>
    public TimeSpan OutcomeAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The largest tolerated clock difference between hosts and storage when the log is searched for a message's events; 5 min.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromMinutes(5);
}
