using Headwater.Contracts.Answers;
using Headwater.Log.Compaction;
using Headwater.Log.Maintenance;

namespace Headwater.Http.Maintenance;

/// <summary>What maintenance did, as an answer.</summary>
internal static class MaintenanceJson
{
    /// <summary>Kinds of work as requests and answers name them.</summary>
    public static readonly (string Name, MaintenanceWork Work)[] WorkNames =
    [
        ("seal", MaintenanceWork.Seal),
        ("checkpoint", MaintenanceWork.Checkpoint),
        ("retain", MaintenanceWork.Retain),
        ("compact", MaintenanceWork.Compact),
        ("sweep", MaintenanceWork.Sweep),
    ];

    public static string[] Names(MaintenanceWork work) => [.. WorkNames.Where(n => work.HasFlag(n.Work)).Select(n => n.Name)];

    public static MaintenanceFailureAnswer Of(MaintenanceFailure failure) =>
        new(failure.At.ToDateTimeOffset().UtcDateTime, Names(failure.Work), failure.Partition?.Value, failure.Reason);

    public static MaintenanceAnswer Of(MaintenanceReport report) => new(
        report.Finished,
        report.Streams.Sum(s => s.StorageCalls),
        [.. report.Streams.SelectMany(s => s.Partitions).Select(Of)]);

    private static PartitionMaintenanceAnswer Of(PartitionReport partition) => new(
        partition.Partition.Value,
        partition.LogStart.Value,
        partition.LogEnd.Value,
        partition.Sealed,
        partition.Checkpointed,
        partition.SegmentsDropped,
        partition.Swept,
        partition.Compaction is { } compaction ? Of(compaction) : null);

    private static CompactionReportAnswer Of(CompactionReport report) => new(
        report.Unfinished,
        report.Busy,
        report.DirtyRatio,
        report.OldestDirty?.ToDateTimeOffset().UtcDateTime,
        report.LastRun?.ToDateTimeOffset().UtcDateTime,
        new BeforeAfterAnswer(report.SegmentsBefore, report.SegmentsAfter),
        new BeforeAfterAnswer(report.BytesBefore, report.BytesAfter),
        new BeforeAfterAnswer(report.EventsBefore, report.EventsAfter),
        report.Keys,
        report.Tombstones,
        report.Passes,
        report.Deleted,
        report.KeyHeldBytes,
        report.KeysHoldUntil?.ToDateTimeOffset().UtcDateTime);
}
