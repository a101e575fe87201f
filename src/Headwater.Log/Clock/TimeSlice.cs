namespace Headwater.Log.Clock;

/// <summary>The time budget of one maintenance call, counted from construction. When it is over, the call starts no further step.</summary>
internal sealed class TimeSlice(TimeProvider time, TimeSpan budget)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly long _began = time.GetTimestamp();

    /// <summary>Bounded, so that a deadline can be computed from it.</summary>
    public TimeSpan Budget { get; } = budget < Longest ? budget : Longest;

    public bool IsOver => time.GetElapsedTime(_began) >= Budget;
}
