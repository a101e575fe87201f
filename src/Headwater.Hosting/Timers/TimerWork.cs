using System.Diagnostics;
using System.Diagnostics.Metrics;
using Headwater.Log.Groups.Snapshots;
using Headwater.Log.Maintenance;
using Headwater.Queues;
using Headwater.Queues.Handling;
using Microsoft.Extensions.Logging;
using EventLog = Headwater.Log.EventLog;

namespace Headwater.Hosting.Timers;

/// <summary>
/// The work of every host's timers: the maintenance that <c>POST /streams/{stream}/maintenance</c> runs for one stream, for all streams that are due.
/// </summary>
/// <param name="log">The log to maintain.</param>
/// <param name="queued">The queue path whose statuses expire.</param>
/// <param name="logger">Logs failures and unfinished work.</param>
public sealed class TimerWork(EventLog log, QueuedAppends queued, ILogger<TimerWork> logger)
{
    /// <summary>
    /// Time budget of one run; the next run continues unfinished work. Must be below the five minutes between two runs and below the host's function timeout.
    /// </summary>
    public static readonly TimeSpan Budget = TimeSpan.FromMinutes(4);

    private const string Telemetry = "Headwater.Timers";

    private static readonly ActivitySource Source = new(Telemetry);
    private static readonly Meter Meter = new(Telemetry);
    private static readonly Counter<long> Runs =
        Meter.CreateCounter<long>("headwater.timer.runs", "{run}", "Runs of timers that did not fail, by timer and whether all that was due is done.");

    /// <summary>All timers. Every host runs each of them on its schedule.</summary>
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

    /// <summary>Seals segments that have reached their maximum age.</summary>
    public Task SealAsync(CancellationToken cancellation) => MaintainAsync("seal", MaintenanceWork.Seal, cancellation);

    /// <summary>Writes outdated checkpoints and publishes positions.</summary>
    public Task CheckpointAsync(CancellationToken cancellation) => MaintainAsync("checkpoint", MaintenanceWork.Checkpoint, cancellation);

    /// <summary>Copies the offsets of changed groups to blobs next to the log.</summary>
    public async Task CopyGroupsAsync(CancellationToken cancellation)
    {
        using Activity? span = Begin("copy-groups");
        GroupSnapshotReport report = await log.Groups.CopyChangedAsync(Budget, cancellation);
        span?.SetTag("headwater.groups", report.Copied);
        foreach (GroupSnapshotFailure failure in report.Failures)
        {
            logger.GroupNotCopied(failure.Defect, failure.Stream.Value, failure.Group.Value, failure.Reason);
        }

        End(span, "copy-groups", report.IsComplete);
    }

    /// <summary>Deletes expired segments.</summary>
    public Task RetainAsync(CancellationToken cancellation) => MaintainAsync("retain", MaintenanceWork.Retain, cancellation);

    /// <summary>Compacts entity streams.</summary>
    public Task CompactAsync(CancellationToken cancellation) => MaintainAsync("compact", MaintenanceWork.Compact, cancellation);

    /// <summary>Deletes blobs that are no longer referenced.</summary>
    public Task SweepAsync(CancellationToken cancellation) => MaintainAsync("sweep", MaintenanceWork.Sweep, cancellation);

    /// <summary>Deletes expired statuses of queued batches and the blobs of their events.</summary>
    public async Task SweepOutcomesAsync(CancellationToken cancellation)
    {
        using Activity? span = Begin("sweep-outcomes");
        SweepReport report = await queued.SweepAsync(Budget, cancellation);
        foreach (SweepFailure failure in report.Failures)
        {
            logger.NotSwept(failure.Defect, failure.What, failure.Reason);
        }

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
        foreach (MaintenanceFailure failure in report.Failures.Where(f => !f.IsOutage))
        {
            logger.StreamNotMaintained(failure.Defect, name, failure.Stream.Value, failure.Reason);
        }

        End(span, name, report.Finished);
    }
}
