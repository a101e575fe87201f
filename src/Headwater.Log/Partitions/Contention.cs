namespace Headwater.Log.Partitions;

/// <summary>
/// Keeps many processes that write one partition fair to each other. A loser reads what was added and would always come too late behind a winner that appends again at once,
/// so a winner that has lately lost leaves a gap before its next append; losers back off with jitter.
/// </summary>
internal sealed class Contention(LogPorts ports)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private int _losses;

    private bool _contended;

    /// <summary>Nothing to wait for unless others have lately been writing too.</summary>
    public async ValueTask BeforeAppendAsync()
    {
        if (_contended)
        {
            _contended = false;
            await PauseAsync(FirstPause * 4);
        }
    }

    public void Won()
    {
        _contended = _losses > 0;
        _losses = 0;
    }

    public async Task LostAsync()
    {
        _losses++;
        TimeSpan pause = FirstPause * Math.Pow(2, Math.Min(_losses, 10));
        await PauseAsync(pause < LongestPause ? pause : LongestPause);
    }

    private Task PauseAsync(TimeSpan upTo) => Task.Delay(upTo * ports.Randomness.NextFraction(), ports.Time);
}
