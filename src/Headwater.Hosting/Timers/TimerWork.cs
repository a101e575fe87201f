using System.Diagnostics;
using System.Diagnostics.Metrics;
using Headwater.Log.Groups.Copies;
using Headwater.Log.Maintenance;
using Headwater.Queues;
using Headwater.Queues.Handling;
using Microsoft.Extensions.Logging;
using EventLog = Headwater.Log.EventLog;

namespace Headwater.Hosting.Timers;

/// <summary>What timers do, once for every host: the maintenance that <c>POST /streams/{stream}/maintenance</c> does for one stream, for all that are due.</summary>
/// <param name="log">Whose work it is.</param>
/// <param name="queued">Whose outcomes grow old.</param>
/// <param name="logger">Told what failed and what is left over.</param>
public sealed class TimerWork(EventLog log, QueuedAppends queued, ILogger<TimerWork> logger)
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
        new("sweep-outcomes", TimerSchedules.SweepOutcomes, SweepOutcomesAsync),
    ];

    /// <summary>Ends segments that have become old.</summary>
    public Task SealAsync(CancellationToken cancellation) => MaintainAsync("seal", MaintenanceWork.Seal, cancellation);

    /// <summary>Writes checkpoints that are behind and publishes positions.</summary>
    public Task CheckpointAsync(CancellationToken cancellation) => MaintainAsync("checkpoint", MaintenanceWork.Checkpoint, cancellation);

    /// <summary>Copies the offsets of groups that have changed beside the log.</summary>
    public async Task CopyGroupsAsync(CancellationToken cancellation)
    {
        using Activity? span = Begin("copy-groups");
        GroupCopyReport report = await log.Groups.CopyChangedAsync(Budget, cancellation);
        span?.SetTag("headwater.groups", report.Copied);
        foreach (GroupCopyFailure failure in report.Failures)
        {
            logger.GroupNotCopied(failure.Stream.Value, failure.Group.Value, failure.Reason);
        }

        End(span, "copy-groups", report.IsComplete);
    }

    /// <summary>Lets go of what streams need not keep.</summary>
    public Task RetainAsync(CancellationToken cancellation) => MaintainAsync("retain", MaintenanceWork.Retain, cancellation);

    /// <summary>Compacts entity streams.</summary>
    public Task CompactAsync(CancellationToken cancellation) => MaintainAsync("compact", MaintenanceWork.Compact, cancellation);

    /// <summary>Deletes what nobody refers to any more.</summary>
    public Task SweepAsync(CancellationToken cancellation) => MaintainAsync("sweep", MaintenanceWork.Sweep, cancellation);

    /// <summary>Forgets what became of batches long since taken from the queue, and deletes the blobs of their events.</summary>
    public async Task SweepOutcomesAsync(CancellationToken cancellation)
    {
        using Activity? span = Begin("sweep-outcomes");
        SweepReport report = await queued.SweepAsync(Budget, cancellation);
        End(span, "sweep-outcomes", report.Finished);
    }

    private static Activity? Begin(string name) => Source.StartActivity("timer " + name);

    private void End(Activity? span, string name, bool isFinished)
    {
        span?.SetTag("headwater.finished", isFinished);
        Runs.Add(1, new("timer", name), new("finished", isFinished));
        if (!isFinished)
        {
            logger.TimerLeftWork(name);
        }
    }

    private async Task MaintainAsync(string name, MaintenanceWork work, CancellationToken cancellation)
    {
        using Activity? span = Begin(name);
        MaintenanceReport report = await log.Maintenance.RunDueAsync(work, Budget, cancellation);
        MaintenanceTelemetry.Record(report);
        span?.SetTag("headwater.streams", report.Streams.Count);
        foreach (MaintenanceFailure failure in report.Failures)
        {
            logger.StreamNotMaintained(name, failure.Stream.Value, failure.Reason);
        }

        End(span, name, report.Finished);
    }
}
