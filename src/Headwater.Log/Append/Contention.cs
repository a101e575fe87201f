using Headwater.Log.Ports;

namespace Headwater.Log.Append;

/// <summary>
/// Keeps many processes that write one partition fair to each other, without a word between them. A loser has to read what was added before it can try again, and so always comes too late behind a winner
/// that appends again at once. Therefore a winner counts the appends of others since its last win, which the service tells with every append, and lets that many turns pass before its next one: a turn is a
/// read and an append long. A winner without a rest would never see that others try; so once in <see cref="LongestStreak"/> appends it lets one turn pass, and whoever takes it makes itself known.
/// Used by the group commit's loop alone, one call at a time, so its state needs no lock.
/// Group commit makes up for the turns passed, because what waits meanwhile goes into one append. A process that is alone and not always busy never waits.
/// </summary>
internal sealed class Contention(LogPorts ports)
{
    private const int CallsPerTurn = 2;

    /// <summary>Appends without a turn's rest before others get one; what that costs a busy writer alone is 3 % of its time.</summary>
    private const int LongestStreak = 64;

    private const double Smoothing = 0.2;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private TimeSpan _call;

    private int _others;

    private int _streak;

    private int _blocks;

    private long _wonAt;

    /// <summary>Lets others have their turns, if there were any lately or may have been.</summary>
    /// <returns>Whether it waited, so that the end known before is likely old.</returns>
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

    /// <summary>An append call took this long.</summary>
    public void Took(TimeSpan call) => _call = _call == TimeSpan.Zero ? call : (_call * (1 - Smoothing)) + (call * Smoothing);

    /// <param name="blocks">AppendBlock calls the segment has taken, this one included; 0 if the answer did not say.</param>
    public void Won(int blocks)
    {
        // In a new segment the count begins anew; what was known of the others stands until the next win.
        if (blocks > _blocks && _blocks > 0)
        {
            _others = blocks - _blocks - 1;
        }

        _blocks = blocks;
        _wonAt = ports.Time.GetTimestamp();
    }

    /// <summary>A loser's next try: soon, but not in step with the other losers.</summary>
    public Task LostAsync() => Task.Delay(Bounded(_call * ports.Randomness.NextFraction()), ports.Time);

    private static TimeSpan Bounded(TimeSpan pause) => pause < LongestPause ? pause : LongestPause;
}
