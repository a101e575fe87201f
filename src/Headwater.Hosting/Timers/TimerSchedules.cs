namespace Headwater.Hosting.Timers;

/// <summary>
/// When each timer runs, in UTC: {second} {minute} {hour} {day} {month} {day of week}. Constants, so that triggers name them in their attributes and the local
/// host reads the same. No two fall on one second: they would all meet the same rows.
/// </summary>
public static class TimerSchedules
{
    /// <summary>Every five minutes: a cold process begins at the checkpoint, and maintenance finds its work in the positions.</summary>
    public const string Checkpoint = "30 */5 * * * *";

    /// <summary>Every five minutes: how far groups fall back if their table is lost.</summary>
    public const string CopyGroups = "45 */5 * * * *";

    /// <summary>Hourly: segments are sealed at an age of days.</summary>
    public const string Seal = "0 7 * * * *";

    /// <summary>Hourly, after sealing: only sealed segments are let go.</summary>
    public const string Retain = "0 17 * * * *";

    /// <summary>Hourly, after retention: what is let go need not be compacted.</summary>
    public const string Compact = "0 27 * * * *";

    /// <summary>Daily: it lists, which is dear.</summary>
    public const string Sweep = "0 47 3 * * *";

    /// <summary>Daily: outcomes of queued batches are kept for days.</summary>
    public const string SweepOutcomes = "0 57 3 * * *";
}
