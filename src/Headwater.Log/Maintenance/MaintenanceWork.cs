using Headwater.Log.Model;
namespace Headwater.Log.Maintenance;

/// <summary>The kinds of maintenance work. They can be combined.</summary>
[Flags]
public enum MaintenanceWork
{
    /// <summary>No work.</summary>
    None = 0,

    /// <summary>Seals active segments older than <see cref="LogOptions.SegmentAge"/> or the stream's retention time, whichever is shorter.</summary>
    Seal = 1,

    /// <summary>Writes checkpoints that are behind and publishes positions in table <c>partitions</c>.</summary>
    Checkpoint = 2,

    /// <summary>Raises log starts according to the stream's retention and deletes the segments below them.</summary>
    Retain = 4,

    /// <summary>Compacts entity streams, rewrites old segments of event streams as block blobs, deletes replaced segments after their grace period.</summary>
    Compact = 8,

    /// <summary>Deletes strays and the remains of deleted streams.</summary>
    Sweep = 16,

    /// <summary>All kinds of work.</summary>
    All = Seal | Checkpoint | Retain | Compact | Sweep,
}

/// <summary>Lists the kinds of work, each as a single flag.</summary>
internal static class MaintenanceWorks
{
    public static IReadOnlyList<MaintenanceWork> Each { get; } =
        [MaintenanceWork.Seal, MaintenanceWork.Checkpoint, MaintenanceWork.Retain, MaintenanceWork.Compact, MaintenanceWork.Sweep];
}
