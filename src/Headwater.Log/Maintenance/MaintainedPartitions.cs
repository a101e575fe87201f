using Headwater.Core.Positions;
using Headwater.Log.Partitions;

namespace Headwater.Log.Maintenance;

/// <summary>
/// The partitions that a slice of maintenance has open: the last ones that it used. The others are dropped, because a partition with keys and producers takes
/// megabytes and a stream has up to a thousand. Not thread-safe: a slice works on one partition after the other.
/// </summary>
/// <param name="open">Opens a partition.</param>
internal sealed class MaintainedPartitions(Func<PartitionId, OpenPartition> open)
{
    /// <summary>The number of partitions that stay open.</summary>
    public const int Most = 64;

    private readonly Dictionary<PartitionId, OpenPartition> _open = [];

    private readonly Queue<PartitionId> _inOrder = [];

    private readonly Dictionary<PartitionId, Offset> _ends = [];

    /// <summary>Partitions that are open.</summary>
    public int Count => _open.Count;

    /// <summary>The partition, opened if it is not open.</summary>
    public OpenPartition Open(PartitionId id)
    {
        if (_open.TryGetValue(id, out OpenPartition? partition))
        {
            return partition;
        }

        while (_inOrder.Count >= Most)
        {
            Close(_inOrder.Dequeue());
        }

        _inOrder.Enqueue(id);
        return _open[id] = open(id);
    }

    /// <summary>The log end when the slice last looked at the partition; null if it has not.</summary>
    public Offset? EndOf(PartitionId id) => _open.TryGetValue(id, out OpenPartition? partition)
        ? partition.KnownEnd
        : _ends.TryGetValue(id, out Offset end) ? end : null;

    /// <summary>Closes all, because segments that they know may have been deleted.</summary>
    public void Clear()
    {
        while (_inOrder.TryDequeue(out PartitionId id))
        {
            Close(id);
        }
    }

    private void Close(PartitionId id)
    {
        if (_open.Remove(id, out OpenPartition? closed) && closed.KnownEnd is { } end)
        {
            _ends[id] = end;
        }
    }
}
