using Headwater.Contracts.Errors;
using Headwater.Log.Ports;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Handling;

/// <summary>How long a message that cannot be appended yet waits before it is tried again. Grows with every try, is cut at a bound, and starts anew when the batch got nearer to its turn.</summary>
public static class QueuedWaiting
{
    private const double GapGrowth = 1.5;

    private const int SequencesPerSecond = 32;

    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestForTurn = TimeSpan.FromSeconds(60);

    /// <summary>For storage: doubled from a second, by half more or less so that many do not come back at once, and never less than storage asked for.</summary>
    public static (QueuedWait Wait, TimeSpan Delay) ForStorage(QueuedWait wait, TimeSpan? asked, QueuedOptions options, Randomness randomness)
    {
        double seconds = Math.Min(options.LongestDelay.TotalSeconds, Math.Pow(2, Math.Min(wait.Attempts, 20))) * (0.5 + randomness.NextFraction());
        TimeSpan delay = Whole(TimeSpan.FromSeconds(seconds), options.LongestDelay);
        return (wait with { Attempts = wait.Attempts + 1 }, asked is { } least && least > delay ? Whole(least, options.LongestDelay) : delay);
    }

    /// <summary>For its turn: the farther off, the longer, so that what is due first comes back first.</summary>
    /// <param name="wait">So far.</param>
    /// <param name="sequence">The batch's own.</param>
    /// <param name="gap">What the log answered.</param>
    public static (QueuedWait Wait, TimeSpan Delay) ForTurn(QueuedWait wait, long sequence, SequenceGapFacts gap)
    {
        long expected = gap.ExpectedSequence;
        if (wait.Expected != expected)
            wait = QueuedWait.None; // Nearer than before: the gap is being closed.
        double seconds = (1 + ((double)(sequence - expected) / SequencesPerSecond)) * Math.Pow(GapGrowth, Math.Min(wait.Attempts, 20));
        TimeSpan delay = Whole(TimeSpan.FromSeconds(Math.Min(seconds, LongestForTurn.TotalSeconds)), LongestForTurn);
        return (new QueuedWait(wait.Attempts + 1, wait.Waited + delay, expected), delay);
    }

    // Queues delay by whole seconds.
    private static TimeSpan Whole(TimeSpan delay, TimeSpan most)
    {
        var whole = TimeSpan.FromSeconds(Math.Floor(delay.TotalSeconds));
        return whole < Least ? Least : whole > most ? most : whole;
    }
}
