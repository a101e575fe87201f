using System.ComponentModel;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Answers;

/// <summary>What the service says about itself.</summary>
public sealed record HealthAnswer(
    [property: AllowedNames("ok")] string Status,
    string Version,
    [property: Description("Absent if storage does not say.")] MaintenanceHealthAnswer? Maintenance);

/// <summary>Whether timers run as they should.</summary>
public sealed record MaintenanceHealthAnswer(
    bool Overdue,
    [property: AllowedNames("seal", "checkpoint", "retain", "compact", "sweep")]
    [property: Description("What no timer has done for too long; there only if something is overdue.")]
    IReadOnlyList<string>? OverdueWork,
    [property: Description("When any timer last ran.")] DateTime? LastRun);

/// <summary>What maintenance did.</summary>
public sealed record MaintenanceAnswer(
    [property: Description("False: call again to go on.")] bool Finished,
    long StorageCalls,
    IReadOnlyList<PartitionMaintenanceAnswer> Partitions);

/// <summary>What maintenance did to a partition.</summary>
public sealed record PartitionMaintenanceAnswer(
    int Partition,
    long LogStartOffset,
    long LogEndOffset,
    [property: Description("Its active segment was ended for its age.")] bool Sealed,
    [property: Description("Its checkpoint was behind and was written.")] bool Checkpointed,
    [property: Description("Below the log start, deleted.")] int SegmentsDropped,
    [property: Description("Blobs that nothing refers to, deleted.")] int Swept,
    CompactionReportAnswer? Compaction);

/// <summary>What compaction did to a partition.</summary>
public sealed record CompactionReportAnswer(
    [property: Description("A run is under way; the next call goes on with it.")] bool Unfinished,
    [property: Description("Another instance is at it.")] bool Busy,
    [property: Description("Share of bytes not cleaned yet, before the run.")] double DirtyRatio,
    [property: Description("When the first event not cleaned yet was appended, of those old enough, before the run; absent if there is none.")]
    DateTime? OldestDirty,
    [property: Description("When a run last ended, in this call or before; absent if none has.")] DateTime? LastRun,
    BeforeAfterAnswer Segments,
    BeforeAfterAnswer Bytes,
    BeforeAfterAnswer Events,
    [property: Description("Distinct keys in what was not clean.")] long Keys,
    [property: Description("That stay for now, at most.")] long Tombstones,
    [property: Description("Over the log; more than one if the keys did not fit into memory.")] int Passes,
    [property: Description("Segments replaced earlier whose grace has passed.")] int Deleted);

/// <summary>Figures of the segments a run looked at; 0 if there was none or it has not ended.</summary>
public sealed record BeforeAfterAnswer(long Before, long After);
