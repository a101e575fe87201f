namespace Headwater.Log.Clock;

/// <summary>Orders what happens in this process: later moments are greater. Unlike time, no two are the same.</summary>
internal static class Moment
{
    private static long _last;

    public static long Next() => Interlocked.Increment(ref _last);
}
