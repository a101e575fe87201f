using Headwater.Core.Positions;
using Headwater.Log.Compaction;
using Headwater.Log.Model;

namespace Headwater.Log.Maintenance;

/// <summary>What one call of maintenance did.</summary>
/// <param name="Streams">Those worked on.</param>
/// <param name="Finished">False: the budget ran out, or another instance holds a partition; the next call goes on.</param>
public sealed record MaintenanceReport(IReadOnlyList<StreamReport> Streams, bool Finished)
{
    /// <summary>Streams whose maintenance failed, and why; the others were worked on all the same.</summary>
    public IReadOnlyList<MaintenanceFailure> Failures { get; init; } = [];
}

/// <param name="Stream">Whose maintenance failed.</param>
/// <param name="Reason">For people; never a secret.</param>
public sealed record MaintenanceFailure(StreamName Stream, string Reason);

/// <param name="Stream">Which stream.</param>
/// <param name="Partitions">Those worked on, in order.</param>
/// <param name="StorageCalls">Calls to blobs and tables made for it.</param>
public sealed record StreamReport(StreamName Stream, IReadOnlyList<PartitionReport> Partitions, long StorageCalls)
{
    /// <summary>When it was made, by storage's clock.</summary>
    public UnixMicros At { get; init; }
}

/// <summary>What was done to a partition.</summary>
public sealed record PartitionReport(PartitionId Partition)
{
    /// <summary>Its active segment was ended for its age.</summary>
    public bool Sealed { get; init; }

    /// <summary>Its checkpoint was behind and was written.</summary>
    public bool Checkpointed { get; init; }

    /// <summary>Segments below the log start deleted.</summary>
    public int SegmentsDropped { get; init; }

    /// <summary>Null if compaction was not asked for.</summary>
    public CompactionReport? Compaction { get; init; }

    /// <summary>Number of strays and other unreferenced blobs deleted.</summary>
    public int Swept { get; init; }

    /// <summary>First offset still there.</summary>
    public Offset LogStart { get; init; }

    /// <summary>Next offset to be assigned; as last known if nothing asked storage.</summary>
    public Offset LogEnd { get; init; }
}

/// <param name="LastRun">When timers last ran; null if never or unknown.</param>
/// <param name="Overdue">
/// Work last done longer ago than <see cref="LogOptions.MaintenanceOverdue"/>, plus one day for daily work; all kinds of work if no timer runs.
/// </param>
public sealed record MaintenanceHealth(UnixMicros? LastRun, MaintenanceWork Overdue)
{
    public bool IsOverdue => Overdue != MaintenanceWork.None;
}
