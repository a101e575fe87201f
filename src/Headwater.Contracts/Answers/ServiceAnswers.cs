using System.ComponentModel;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Answers;

/// <summary>The service's health.</summary>
public sealed record HealthAnswer(
    [property: AllowedNames("ok")] string Status,
    string Version,
    [property: Description("Absent if the timers' records cannot be read.")] MaintenanceHealthAnswer? Maintenance);

/// <summary>The service and its storage answer.</summary>
public sealed record ReadyAnswer([property: AllowedNames("ready")] string Status);

/// <summary>Whether the maintenance timers run on schedule.</summary>
public sealed record MaintenanceHealthAnswer(
    bool Overdue,
    [property: AllowedNames("seal", "checkpoint", "retain", "compact", "sweep")]
    [property: Description("The kinds of work that no timer has done for too long; absent if nothing is overdue.")]
    IReadOnlyList<string>? OverdueWork,
    [property: Description("When any timer last ran.")] DateTime? LastRun,
    [property: Description(
        "The streams whose maintenance fails, by name, at most 100; absent if there are none. "
        + "Their descriptions have the reason. Up to a minute old.")]
    IReadOnlyList<string>? FailingStreams);

/// <summary>The last failure of a stream's maintenance. The next timer run retries it; events are appended and read as usual.</summary>
public sealed record MaintenanceFailureAnswer(
    [property: Description("When the work failed.")] DateTime At,
    [property: AllowedNames("seal", "checkpoint", "retain", "compact", "sweep")]
    [property: Description("The kinds of work that failed.")]
    IReadOnlyList<string> Work,
    [property: Description("The partition that failed; absent if the failure concerns the whole stream.")] int? Partition,
    [property: Description("The reason, for people; at most 1,024 characters.")] string Reason);

/// <summary>The result of maintenance.</summary>
public sealed record MaintenanceAnswer(
    [property: Description("false: the budget ended first; call again to continue.")] bool Finished,
    long StorageCalls,
    IReadOnlyList<PartitionMaintenanceAnswer> Partitions);

/// <summary>The result of maintenance of one partition.</summary>
public sealed record PartitionMaintenanceAnswer(
    int Partition,
    long LogStartOffset,
    long LogEndOffset,
    [property: Description("Whether the active segment was sealed.")] bool Sealed,
    [property: Description("Whether an outdated checkpoint was written again.")] bool Checkpointed,
    [property: Description("The number of segments below the log start that were deleted.")] int SegmentsDropped,
    [property: Description("The number of unreferenced blobs that were deleted.")] int Swept,
    CompactionReportAnswer? Compaction);

/// <summary>The result of compaction of one partition.</summary>
public sealed record CompactionReportAnswer(
    [property: Description("Whether a run has not ended; the next call continues it.")] bool Unfinished,
    [property: Description("Whether another instance is compacting the partition; nothing was done.")] bool Busy,
    [property: Description("The share of bytes that were not yet compacted before the run, 0 to 1.")] double DirtyRatio,
    [property: Description("Before the run: when the oldest event was appended that is older than minLag and not yet compacted; absent if there is none.")]
    DateTime? OldestDirty,
    [property: Description("When the last run ended, in this call or an earlier one; absent if none has ended.")] DateTime? LastRun,
    BeforeAfterAnswer Segments,
    BeforeAfterAnswer Bytes,
    BeforeAfterAnswer Events,
    [property: Description("The number of distinct keys in the events that were not yet compacted.")] long Keys,
    [property: Description("An upper bound of the tombstones that were kept.")] long Tombstones,
    [property: Description("The number of passes over the log; more than 1 if the keys did not fit in memory.")] int Passes,
    [property: Description("The number of segments deleted because an earlier run replaced them and their grace period has ended.")] int Deleted);

/// <summary>A figure of the segments of a run, before and after; both are 0 if no run ended.</summary>
public sealed record BeforeAfterAnswer(long Before, long After);
