using Headwater.Core.Positions;
using Headwater.Log.Compaction;
using Headwater.Log.Model;

namespace Headwater.Log.Maintenance;

/// <summary>What one call of maintenance did.</summary>
/// <param name="Streams">The streams that were maintained, also if some of their partitions failed.</param>
/// <param name="Finished">False if the budget was used up, or another instance holds a partition. The next call continues.</param>
public sealed record MaintenanceReport(IReadOnlyList<StreamReport> Streams, bool Finished)
{
    /// <summary>The failures: at most one per stream, the first. A failure stops neither the other streams nor the stream's other partitions.</summary>
    public IReadOnlyList<MaintenanceFailure> Failures { get; init; } = [];
}

/// <summary>What maintenance did to a stream.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Partitions">The partitions that were processed, in order. Partitions are missing if the budget was used up.</param>
/// <param name="StorageCalls">Number of calls to blobs and tables made for the stream.</param>
public sealed record StreamReport(StreamName Stream, IReadOnlyList<PartitionReport> Partitions, long StorageCalls)
{
    /// <summary>When the report was made, by this process's estimate of the service's clock.</summary>
    public UnixMicros At { get; init; }
}

/// <summary>What maintenance did to a partition.</summary>
/// <param name="Partition">The partition.</param>
public sealed record PartitionReport(PartitionId Partition)
{
    /// <summary>True if the active segment was sealed.</summary>
    public bool Sealed { get; init; }

    /// <summary>True if the checkpoint was behind and was written.</summary>
    public bool Checkpointed { get; init; }

    /// <summary>Number of segments below the log start that were deleted.</summary>
    public int SegmentsDropped { get; init; }

    /// <summary>What compaction did; null if it was not requested.</summary>
    public CompactionReport? Compaction { get; init; }

    /// <summary>Number of strays and other unreferenced blobs deleted.</summary>
    public int Swept { get; init; }

    /// <summary>The log start offset after maintenance: lower offsets are deleted.</summary>
    public Offset LogStart { get; init; }

    /// <summary>The log end offset. It may lag behind storage if no step read it from storage.</summary>
    public Offset LogEnd { get; init; }
}

/// <summary>Whether maintenance timers run as often as they should.</summary>
/// <param name="LastRun">When a timer last ran to completion; null if no run is recorded.</param>
/// <param name="Overdue">
/// The kinds of work last done longer ago than <see cref="LogOptions.MaintenanceOverdue"/>, plus <see cref="LogOptions.MaintenanceInterval"/> for
/// <see cref="MaintenanceWork.Sweep"/>. All kinds if no run is recorded and this process has run for that long.
/// </param>
public sealed record MaintenanceHealth(UnixMicros? LastRun, MaintenanceWork Overdue)
{
    /// <summary>True if any kind of work is overdue.</summary>
    public bool IsOverdue => Overdue != MaintenanceWork.None;

    /// <summary>The last failure of each stream whose maintenance fails, by name: at most 100.</summary>
    public IReadOnlyList<MaintenanceFailure> Failures { get; init; } = [];
}
