using Headwater.Hosting.Timers;
using Microsoft.Azure.Functions.Worker;

namespace Headwater.Functions.Timers;

/// <summary>Seals segments that have reached their maximum age.</summary>
public sealed class SealTimer(TimerWork work)
{
    [Function(nameof(SealTimer))]
    public Task Run([TimerTrigger(TimerSchedules.Seal, UseMonitor = true)] TimerInfo timer, CancellationToken cancellation) => work.SealAsync(cancellation);
}

/// <summary>Writes checkpoints and publishes positions.</summary>
public sealed class CheckpointTimer(TimerWork work)
{
    [Function(nameof(CheckpointTimer))]
    public Task Run([TimerTrigger(TimerSchedules.Checkpoint, UseMonitor = true)] TimerInfo timer, CancellationToken cancellation) =>
        work.CheckpointAsync(cancellation);
}

/// <summary>Copies the offsets of changed groups to blobs next to the log.</summary>
public sealed class CopyGroupsTimer(TimerWork work)
{
    [Function(nameof(CopyGroupsTimer))]
    public Task Run([TimerTrigger(TimerSchedules.CopyGroups, UseMonitor = true)] TimerInfo timer, CancellationToken cancellation) =>
        work.CopyGroupsAsync(cancellation);
}

/// <summary>Deletes expired segments.</summary>
public sealed class RetainTimer(TimerWork work)
{
    [Function(nameof(RetainTimer))]
    public Task Run([TimerTrigger(TimerSchedules.Retain, UseMonitor = true)] TimerInfo timer, CancellationToken cancellation) => work.RetainAsync(cancellation);
}

/// <summary>Compacts entity streams.</summary>
public sealed class CompactTimer(TimerWork work)
{
    [Function(nameof(CompactTimer))]
    public Task Run([TimerTrigger(TimerSchedules.Compact, UseMonitor = true)] TimerInfo timer, CancellationToken cancellation) =>
        work.CompactAsync(cancellation);
}

/// <summary>Deletes blobs that are no longer referenced.</summary>
public sealed class SweepTimer(TimerWork work)
{
    [Function(nameof(SweepTimer))]
    public Task Run([TimerTrigger(TimerSchedules.Sweep, UseMonitor = true)] TimerInfo timer, CancellationToken cancellation) => work.SweepAsync(cancellation);
}

/// <summary>Deletes expired statuses of queued batches.</summary>
public sealed class SweepOutcomesTimer(TimerWork work)
{
    [Function(nameof(SweepOutcomesTimer))]
    public Task Run([TimerTrigger(TimerSchedules.SweepOutcomes, UseMonitor = true)] TimerInfo timer, CancellationToken cancellation) =>
        work.SweepOutcomesAsync(cancellation);
}
