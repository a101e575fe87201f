using Headwater.Log.Model;
namespace Headwater.Log.Maintenance;

/// <summary>What maintenance may do, in the order it is done.</summary>
[Flags]
public enum MaintenanceWork
{
    None = 0,

    /// <summary>Ends active segments older than <see cref="LogOptions.SegmentAge"/> or the stream's retention time.</summary>
    Seal = 1,

    /// <summary>Writes checkpoints that are behind and publishes positions in table <c>partitions</c>.</summary>
    Checkpoint = 2,

    /// <summary>Moves log starts by the stream's retention and deletes what lies below them.</summary>
    Retain = 4,

    /// <summary>Compacts entity streams, rewrites old segments of event streams as block blobs, deletes what was replaced once its grace has passed.</summary>
    Compact = 8,

    /// <summary>Deletes strays and what deleted streams left behind.</summary>
    Sweep = 16,

    All = Seal | Checkpoint | Retain | Compact | Sweep,
}

/// <summary>The kinds of work, one by one.</summary>
internal static class MaintenanceWorks
{
    public static IReadOnlyList<MaintenanceWork> Each { get; } =
        [MaintenanceWork.Seal, MaintenanceWork.Checkpoint, MaintenanceWork.Retain, MaintenanceWork.Compact, MaintenanceWork.Sweep];
}
