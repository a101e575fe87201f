using Headwater.Contracts.Errors;
using Headwater.Log.Ports;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Handling;

/// <summary>
/// Computes how long a message waits before the next attempt. The delay grows with every attempt up to a limit, and starts again from the shortest one when
/// the gap before the batch gets smaller.
/// </summary>
public static class RetryDelay
{
    private const double GapGrowth = 1.5;

    private const int SequencesPerSecond = 32;

    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestForTurn = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The delay for a storage outage: 1 s, doubled per attempt, with a jitter of ±50 % so that messages do not return all at once, and never less than the
    /// Retry-After of storage.
    /// </summary>
    public static (QueuedWait Wait, TimeSpan Delay) ForStorage(QueuedWait wait, TimeSpan? asked, QueuedOptions options, Randomness randomness)
    {
        double seconds = Math.Min(options.MaxDelay.TotalSeconds, Math.Pow(2, Math.Min(wait.Attempts, 20))) * (0.5 + randomness.NextFraction());
        TimeSpan delay = Whole(TimeSpan.FromSeconds(seconds), options.MaxDelay);
        return (wait with { Attempts = wait.Attempts + 1 }, asked is { } least && least > delay ? Whole(least, options.MaxDelay) : delay);
    }

    /// <summary>
    /// The delay for a missing predecessor. It grows with the distance to the expected sequence number, so that the batch that is due first returns first.
    /// </summary>
    /// <param name="wait">The wait so far.</param>
    /// <param name="sequence">The sequence number of the batch.</param>
    /// <param name="gap">The facts of the error that reported the gap.</param>
    public static (QueuedWait Wait, TimeSpan Delay) ForTurn(QueuedWait wait, long sequence, SequenceGapFacts gap)
    {
        long expected = gap.ExpectedSequence;
        if (wait.Expected != expected)
        {
            wait = QueuedWait.None; // The gap got smaller: predecessors are being appended.
        }

        double seconds = (1 + ((double)(sequence - expected) / SequencesPerSecond)) * Math.Pow(GapGrowth, Math.Min(wait.Attempts, 20));
        TimeSpan delay = Whole(TimeSpan.FromSeconds(Math.Min(seconds, LongestForTurn.TotalSeconds)), LongestForTurn);
        return (new QueuedWait(wait.Attempts + 1, wait.Waited + delay, expected), delay);
    }

    // Queues accept delays in whole seconds.
    private static TimeSpan Whole(TimeSpan delay, TimeSpan most)
    {
        var whole = TimeSpan.FromSeconds(Math.Floor(delay.TotalSeconds));
        return whole < Least ? Least : whole > most ? most : whole;
    }
}
