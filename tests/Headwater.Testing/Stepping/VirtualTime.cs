namespace Headwater.Testing;

/// <summary>
/// Time that passes only when a test or a <see cref="TurnLoop"/> advances it. Timers fire in the order in which they are due, on the thread that
/// advances the time. Not thread-safe.
/// </summary>
public sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<VirtualTimer, (long Due, long Order)> _timers = new();
    private long _now;
    private long _order;

    public VirtualTime()
        : this(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The time that has passed since the start.</summary>
    public TimeSpan Elapsed => new(_now);

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => start.AddTicks(_now);

    /// <summary>Advances the time by this much and fires every timer that becomes due.</summary>
    public void Advance(TimeSpan by)
    {
        long until = _now + by.Ticks;
        while (_timers.TryPeek(out _, out (long Due, long Order) next) && next.Due <= until)
        {
            Fire(_timers.Dequeue(), next);
        }

        _now = until;
    }

    /// <summary>Jumps to the next timer and fires it.</summary>
    /// <returns>False if no timer is set.</returns>
    public bool TryJump()
    {
        while (_timers.TryDequeue(out VirtualTimer? timer, out (long Due, long Order) due))
        {
            if (Fire(timer, due))
            {
                return true;
            }
        }

        return false;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private bool Fire(VirtualTimer timer, (long Due, long Order) at)
    {
        if (timer.SetAs != at.Order)
        {
            return false;
        }

        _now = Math.Max(_now, at.Due);
        timer.Fire();
        return true;
    }

    private sealed class VirtualTimer(VirtualTime time, Action callback) : ITimer
    {
        private TimeSpan _period;

        /// <summary>The number of the setting in force. Older settings of this timer may still be queued and are ignored.</summary>
        public long SetAs { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            SetAs = ++time._order;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                time._timers.Enqueue(this, (time._now + dueTime.Ticks, SetAs));
            }

            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            callback();
        }

        public void Dispose() => SetAs = 0;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>The clock of a host whose wall clock is wrong, but whose monotonic clock and timers are right.</summary>
public sealed class SkewedTime(VirtualTime time, TimeSpan skew) : TimeProvider
{
    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp() => time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + skew;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
