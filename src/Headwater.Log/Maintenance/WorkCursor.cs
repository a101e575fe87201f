using Headwater.Core.Positions;

namespace Headwater.Log.Maintenance;

/// <summary>Where a kind of work continues in a stream whose partitions did not fit into one slice.</summary>
/// <param name="Partition">The first partition that is left; the number of partitions if only what concerns the whole stream is.</param>
/// <param name="Soonest">When the work is due again in the partitions before; null if nothing says so.</param>
internal readonly record struct WorkCursor(int Partition, UnixMicros? Soonest);

/// <summary>Where each kind of work continues; a kind without a cursor begins at the first partition.</summary>
internal sealed class WorkCursors
{
    private readonly Dictionary<MaintenanceWork, WorkCursor> _cursors = [];

    /// <summary>The kinds that are not done.</summary>
    public MaintenanceWork Unfinished => _cursors.Keys.Aggregate(MaintenanceWork.None, (all, one) => all | one);

    public WorkCursor? Find(MaintenanceWork work) => _cursors.TryGetValue(work, out WorkCursor cursor) ? cursor : null;

    /// <summary>The first partition that is left of one kind of work.</summary>
    public int From(MaintenanceWork work) => Find(work)?.Partition ?? 0;

    public void Set(MaintenanceWork work, WorkCursor cursor) => _cursors[work] = cursor;

    public void Clear(MaintenanceWork work) => _cursors.Remove(work);
}
