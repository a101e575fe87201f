using Headwater.Log.Ports;

namespace Headwater.Log.Append;

/// <summary>
/// Keeps processes that append to one partition fair to each other without communication. A process that loses a race must read the new blocks before it
/// can retry, so it always loses to a winner that appends again at once. A winner therefore counts the appends of other processes since its last win, using
/// the block count that the service returns with every append, and waits that many turns before its next append. A turn is the time of one read and one append.
/// A winner that never pauses cannot detect other writers, so it skips one turn in every <see cref="LongestStreak"/> appends to let another process append.
/// Skipped turns cost little throughput, because group commit puts all batches that arrive during the wait into one append.
/// A process that is the only writer and not constantly busy never waits.
/// Only the group commit loop uses this class, one call at a time, so its state needs no lock.
/// </summary>
internal sealed class Contention(LogPorts ports)
{
    private const int CallsPerTurn = 2;

    /// <summary>Appends in a row before a winner skips one turn. Costs a writer that is alone and always busy 3 % of its time.</summary>
    private const int LongestStreak = 64;

    private const double Smoothing = 0.2;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private TimeSpan _call;

    private int _others;

    private int _streak;

    private int _blocks;

    private long _wonAt;

    /// <summary>Waits for as many turns as other processes appended since the last win, or for one turn after a streak.</summary>
    /// <returns>True if it waited, so the known log end is probably out of date.</returns>
    public async ValueTask<bool> YieldAsync()
    {
        TimeSpan rested = ports.Time.GetElapsedTime(_wonAt);
        _streak = rested < _call * CallsPerTurn ? _streak + 1 : 0;
        int turns = _others == 0 && _streak >= LongestStreak ? 1 : _others;
        TimeSpan pause = Bounded(_call * CallsPerTurn * turns) - rested;
        if (pause <= TimeSpan.Zero)
        {
            return false;
        }

        _streak = 0;
        await Task.Delay(pause * (0.75 + (ports.Randomness.NextFraction() / 2)), ports.Time);
        return true;
    }

    /// <summary>Adds the duration of an append call to the moving average.</summary>
    public void Took(TimeSpan call) => _call = _call == TimeSpan.Zero ? call : (_call * (1 - Smoothing)) + (call * Smoothing);

    /// <summary>Records a successful append.</summary>
    /// <param name="blocks">Number of AppendBlock calls committed to the segment, this one included; 0 if the response did not include it.</param>
    public void Won(int blocks)
    {
        // The block count restarts in a new segment. Keep the previous count of other processes' appends until the next win.
        if (blocks > _blocks && _blocks > 0)
        {
            _others = blocks - _blocks - 1;
        }

        _blocks = blocks;
        _wonAt = ports.Time.GetTimestamp();
    }

    /// <summary>Waits before the retry of a lost append: up to one call's duration, at random, so that losers do not retry in step.</summary>
    public Task LostAsync() => Task.Delay(Bounded(_call * ports.Randomness.NextFraction()), ports.Time);

    private static TimeSpan Bounded(TimeSpan pause) => pause < LongestPause ? pause : LongestPause;
}
