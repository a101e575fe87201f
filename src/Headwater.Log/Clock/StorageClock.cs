using Headwater.Core.Positions;

namespace Headwater.Log.Clock;

/// <summary>
/// The storage service's clock: the host's monotonic clock anchored to the <c>Date</c> header of a response. Event timestamps are right even if the host's
/// wall clock is a year off. Re-anchored when the two clocks have drifted apart; the monotonic clock of a frozen instance may have stopped.
/// </summary>
internal sealed class StorageClock(TimeProvider time)
{
    /// <summary><c>Date</c> has whole seconds and is as old as the answer's way back, so smaller differences mean nothing.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();

    private DateTimeOffset? _anchor;

    private long _anchoredAt;

    /// <summary>Takes note of an answer's <c>Date</c>.</summary>
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

    /// <summary>Now by the service's clock; before any answer came, by the host's.</summary>
    public UnixMicros Now()
    {
        lock (_gate)
        {
            return UnixMicros.From(_anchor is null ? time.GetUtcNow() : Reading());
        }
    }

    private DateTimeOffset Reading() => _anchor!.Value + time.GetElapsedTime(_anchoredAt);
}
