using System.Collections.Concurrent;
using Headwater.Core.Positions;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// Caches one object per partition that this process has used. The key includes the stream id, so a recreated stream starts empty. The key excludes the schema
/// version, so the tail survives a schema change.
/// </summary>
/// <typeparam name="T">The type of the cached objects.</typeparam>
/// <param name="create">Creates an object. Must have no side effects: two callers may both create one, and one of the two is dropped.</param>
internal sealed class PartitionCache<T>(Func<PartitionPlace, T> create)
{
    private readonly ConcurrentDictionary<(string StreamId, PartitionId Partition), T> _partitions = new();

    /// <summary>All objects, ordered by stream id and partition, so that the order does not depend on hashing.</summary>
    public IEnumerable<T> All => _partitions.OrderBy(p => p.Key.StreamId, StringComparer.Ordinal).ThenBy(p => p.Key.Partition).Select(p => p.Value);

    public T For(PartitionPlace place) => _partitions.GetOrAdd((place.StreamId, place.Partition), static (_, a) => a.create(a.place), (create, place));

    /// <returns>Null if this process has not used the partition.</returns>
    public T? Find(string streamId, PartitionId partition) => _partitions.GetValueOrDefault((streamId, partition));

    /// <summary>Removes all partitions of a stream, because the stream was found deleted.</summary>
    public void Forget(string streamId)
    {
        foreach (var key in _partitions.Keys.Where(k => k.StreamId == streamId))
        {
            _partitions.TryRemove(key, out _);
        }
    }
}
