namespace Headwater.Log.Clock;

/// <summary>The time a call of maintenance may take: it begins no further step once that is over.</summary>
internal sealed class TimeSlice(TimeProvider time, TimeSpan budget)
{
    private readonly long _began = time.GetTimestamp();

    public TimeSpan Budget => budget;

    public bool IsOver => time.GetElapsedTime(_began) >= budget;
}
