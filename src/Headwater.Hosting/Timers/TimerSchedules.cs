namespace Headwater.Hosting.Timers;

/// <summary>
/// When each timer runs, in UTC: {second} {minute} {hour} {day} {month} {day of week}. They are constants so that triggers can use them in attributes. No two
/// timers start in the same second,
/// because they would contend for the same rows.
/// </summary>
public static class TimerSchedules
{
    /// <summary>Every five minutes. A cold process starts reading at the checkpoint, and maintenance finds its work in the published positions.</summary>
    public const string Checkpoint = "30 */5 * * * *";

    /// <summary>Every five minutes. If the group table is lost, groups fall back by at most this interval.</summary>
    public const string CopyGroups = "45 */5 * * * *";

    /// <summary>Hourly. Segments are sealed at an age of days.</summary>
    public const string Seal = "0 7 * * * *";

    /// <summary>Hourly, after sealing: retention deletes only sealed segments.</summary>
    public const string Retain = "0 17 * * * *";

    /// <summary>Hourly, after retention: deleted segments need no compaction.</summary>
    public const string Compact = "0 27 * * * *";

    /// <summary>Daily, because it lists blobs: a listing costs as much as a write.</summary>
    public const string Sweep = "0 47 3 * * *";

    /// <summary>Daily. Statuses of queued batches are kept for days.</summary>
    public const string SweepOutcomes = "0 57 3 * * *";
}
