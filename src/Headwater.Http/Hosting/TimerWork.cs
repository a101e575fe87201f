using System.Diagnostics;
using System.Diagnostics.Metrics;
using Headwater.Log.Groups.Copies;
using Headwater.Log.Maintenance;
using Microsoft.Extensions.Logging;
using EventLog = Headwater.Log.EventLog;

namespace Headwater.Http.Hosting;

/// <summary>What timers do, once for every host: the maintenance that <c>POST /streams/{stream}/maintenance</c> does for one stream, for all that are due.</summary>
/// <param name="log">Whose work it is.</param>
/// <param name="logger">Told what failed and what is left over.</param>
public sealed class TimerWork(EventLog log, ILogger<TimerWork> logger)
{
    /// <summary>No run begins anything new after this long; the next one goes on. Shorter than the five minutes between the most frequent, and than the time a function may take.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromMinutes(4);

    private const string Telemetry = "Headwater.Timers";

    private static readonly ActivitySource Source = new(Telemetry);
    private static readonly Meter Meter = new(Telemetry);
    private static readonly Counter<long> Runs =
        Meter.CreateCounter<long>("headwater.timer.runs", "{run}", "Runs of timers that did not fail, by timer and whether all that was due is done.");

    /// <summary>All there is; every host runs each on its schedule.</summary>
    public IReadOnlyList<TimedRun> All =>
    [
        new("seal", TimerSchedules.Seal, SealAsync),
        new("checkpoint", TimerSchedules.Checkpoint, CheckpointAsync),
        new("copy-groups", TimerSchedules.CopyGroups, CopyGroupsAsync),
        new("retain", TimerSchedules.Retain, RetainAsync),
        new("compact", TimerSchedules.Compact, CompactAsync),
        new("sweep", TimerSchedules.Sweep, SweepAsync),
    ];

    /// <summary>Ends segments that have become old.</summary>
    public Task SealAsync(CancellationToken cancellation) => MaintainAsync("seal", MaintenanceWork.Seal, cancellation);

    /// <summary>Writes checkpoints that are behind and publishes positions.</summary>
    public Task CheckpointAsync(CancellationToken cancellation) => MaintainAsync("checkpoint", MaintenanceWork.Checkpoint, cancellation);

    /// <summary>Copies the offsets of groups that have changed beside the log.</summary>
    public async Task CopyGroupsAsync(CancellationToken cancellation)
    {
        const string name = "copy-groups";
        using Activity? span = Source.StartActivity("timer " + name);
        GroupCopyReport report = await log.Groups.CopyChangedAsync(Budget, cancellation);
        span?.SetTag("headwater.groups", report.Copied);
        span?.SetTag("headwater.finished", report.IsComplete);
        Done(name, report.IsComplete);
    }

    /// <summary>Lets go of what streams need not keep.</summary>
    public Task RetainAsync(CancellationToken cancellation) => MaintainAsync("retain", MaintenanceWork.Retain, cancellation);

    /// <summary>Compacts entity streams.</summary>
    public Task CompactAsync(CancellationToken cancellation) => MaintainAsync("compact", MaintenanceWork.Compact, cancellation);

    /// <summary>Deletes what nobody refers to any more.</summary>
    public Task SweepAsync(CancellationToken cancellation) => MaintainAsync("sweep", MaintenanceWork.Sweep, cancellation);

    private async Task MaintainAsync(string name, MaintenanceWork work, CancellationToken cancellation)
    {
        using Activity? span = Source.StartActivity("timer " + name);
        MaintenanceReport report = await log.Maintenance.RunDueAsync(work, Budget, cancellation);
        span?.SetTag("headwater.streams", report.Streams.Count);
        span?.SetTag("headwater.finished", report.Finished);
        foreach (MaintenanceFailure failure in report.Failures)
        {
            logger.StreamNotMaintained(name, failure.Stream.Value, failure.Reason);
        }

        Done(name, report.Finished);
    }

    private void Done(string name, bool finished)
    {
        Runs.Add(1, new("timer", name), new("finished", finished));
        if (!finished)
        {
            logger.TimerLeftWork(name);
        }
    }
}
