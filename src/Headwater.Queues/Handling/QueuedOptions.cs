namespace Headwater.Queues.Handling;

/// <summary>Tuning of the queue path with defaults that fit production; tests make them small.</summary>
public sealed record QueuedOptions
{
    public static QueuedOptions Default { get; } = new();

    /// <summary>How long a sequenced batch waits while none of those before it comes, counted in the delays it was given after storage had shown the gap: time in which storage failed or no host ran does not count.</summary>
    public TimeSpan GapPatience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a batch that came early is held in this process, in case the one before is being appended right now.</summary>
    public TimeSpan TurnPatience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest delay a waiting message is enqueued again with.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The host's <c>maxDequeueCount</c>: at the last try the handler itself writes the message to poison, so that its reason is kept.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>How long the outcome of a batch is kept after it was taken.</summary>
    public TimeSpan OutcomeAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How far the clocks of hosts and storage may be apart when the log is searched for a message's events.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromMinutes(5);
}
