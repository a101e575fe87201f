using Headwater.Core.Positions;

namespace Headwater.Log.Clock;

/// <summary>
/// The storage service's clock: the host's monotonic clock, anchored to the <c>Date</c> header of a response. Event timestamps are right even if the host's
/// wall clock is a year off. The anchor is replaced when a response shows that the clocks have drifted apart, for example because the monotonic clock stopped
/// while the instance was frozen. Thread-safe.
/// </summary>
internal sealed class StorageClock(TimeProvider time)
{
    /// <summary><c>Date</c> has whole seconds and is as old as the response took to arrive, so a smaller difference does not show drift.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();

    private DateTimeOffset? _anchor;

    private long _anchoredAt;

    /// <summary>
    /// Anchors the clock to the <c>Date</c> of a response that has just arrived, if there is no anchor yet or the two differ by more than 2 s. Null is ignored.
    /// </summary>
    public void Observe(DateTimeOffset? date)
    {
        if (date is not { } seen)
        {
            return;
        }

        lock (_gate)
        {
            if (_anchor is null || (Reading() - seen).Duration() > Tolerance)
            {
                _anchor = seen;
                _anchoredAt = time.GetTimestamp();
            }
        }
    }

    /// <summary>The time by the service's clock; by the host's wall clock before the first response. May go back when the anchor is replaced.</summary>
    public UnixMicros Now()
    {
        lock (_gate)
        {
            return UnixMicros.From(_anchor is null ? time.GetUtcNow() : Reading());
        }
    }

    private DateTimeOffset Reading() => _anchor!.Value + time.GetElapsedTime(_anchoredAt);
}
