namespace Headwater.Log.Clock;

/// <summary>A counter that orders what happens in this process. Later moments are greater and, unlike timestamps, no two are equal.</summary>
internal static class Moment
{
    private static long _last;

    public static long Next() => Interlocked.Increment(ref _last);
}
