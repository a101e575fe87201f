namespace Headwater.Simulation.Scheduling;

/// <summary>An instance's clocks: a wall clock with an arbitrary error, and a monotonic clock that may stop while the instance is frozen.</summary>
internal sealed class InstanceClock(Timeline timeline, Party party, TimeSpan skew) : TimeProvider
{
    /// <summary>The time on the service's clock at the start of every simulation.</summary>
    public static DateTimeOffset Origin { get; } = new(2025, 3, 1, 12, 0, 0, 250, TimeSpan.Zero);

    private TimeSpan _stoodStill;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        timeline.RequireOwnThread();
        return Origin + timeline.Now + skew;
    }

    public override long GetTimestamp()
    {
        timeline.RequireOwnThread();
        return (timeline.Now - _stoodStill).Ticks;
    }

    public void StandStill(TimeSpan duration) => _stoodStill += duration;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan)
        {
            throw new NotSupportedException("The log uses no periodic timers.");
        }

        var timer = new VirtualTimer(timeline, party, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class VirtualTimer(Timeline timeline, Party party, TimerCallback callback, object? state) : ITimer
    {
        private int _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            int version = ++_version;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timeline.After(dueTime, party, () => Fire(version));
            }

            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int version)
        {
            if (version == _version)
            {
                callback(state);
            }
        }
    }
}
