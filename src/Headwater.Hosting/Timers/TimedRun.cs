namespace Headwater.Hosting.Timers;

/// <summary>Something that is to be done again and again.</summary>
/// <param name="Name">In traces and logs.</param>
/// <param name="Schedule">One of <see cref="TimerSchedules"/>.</param>
/// <param name="RunAsync">Does it once, within its budget. What is left over is found by the next run, which may be another process's, at the same time.</param>
public sealed record TimedRun(string Name, string Schedule, Func<CancellationToken, Task> RunAsync);
