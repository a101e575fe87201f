namespace Headwater.Hosting.Timers;

/// <summary>Work that a timer runs on a schedule.</summary>
/// <param name="Name">The name in traces, metrics and logs.</param>
/// <param name="Schedule">One of <see cref="TimerSchedules"/>.</param>
/// <param name="RunAsync">Runs the work once, within its time budget. The next run continues unfinished work; it may run in another process at the same
/// time.</param>
public sealed record TimedRun(string Name, string Schedule, Func<CancellationToken, Task> RunAsync);
