namespace Headwater.Log.Clock;

/// <summary>The time budget of one maintenance call, counted from construction. When it is over, the call starts no further step.</summary>
internal sealed class TimeSlice(TimeProvider time, TimeSpan budget)
{
    private readonly long _began = time.GetTimestamp();

    public TimeSpan Budget => budget;

    public bool IsOver => time.GetElapsedTime(_began) >= budget;
}
