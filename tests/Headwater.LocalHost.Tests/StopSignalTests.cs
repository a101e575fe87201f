using Headwater.LocalHost.Serving;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.LocalHost.Tests;

/// <summary>What each signal does, by its time after the first.</summary>
public sealed class StopSignalTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StopSignals _signals;
    private int _asked;

    public StopSignalTests()
    {
        _signals = new StopSignals(_time);
        _signals.BeforeForcedEnd(() => _asked++);
    }

    public void Dispose() => _signals.Dispose();

    [Fact]
    public void The_first_signal_stops_gracefully()
    {
        bool goesOn = _signals.Take();

        Assert.Equal((true, true, 0), (goesOn, _signals.Token.IsCancellationRequested, _asked));
    }

    [Fact]
    public void A_signal_within_a_second_of_the_first_is_the_same_one()
    {
        _signals.Take();
        _time.Advance(TimeSpan.FromMilliseconds(999));

        Assert.Equal((true, 0), (_signals.Take(), _asked));
    }

    [Fact]
    public void A_signal_a_second_later_ends_the_process_and_asks_Azurite_to_stop()
    {
        _signals.Take();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((false, 1), (_signals.Take(), _asked));
    }

    [Fact]
    public void A_forced_end_is_not_held_up_by_an_Azurite_that_is_gone()
    {
        _signals.BeforeForcedEnd(() => throw new InvalidOperationException("gone"));
        _signals.Take();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(_signals.Take());
    }
}
