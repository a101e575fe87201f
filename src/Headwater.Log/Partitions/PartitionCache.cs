using System.Collections.Concurrent;
using Headwater.Core.Positions;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// Caches one object per partition that this process has used. The key includes the stream id, so a recreated stream starts empty. The key excludes the schema
/// version, so the tail survives a schema change.
/// </summary>
/// <typeparam name="T">What is kept of a partition.</typeparam>
/// <param name="create">Makes one; without side effects, because two callers may both make one, and one of them is dropped.</param>
internal sealed class PartitionCache<T>(Func<PartitionPlace, T> create)
{
    private readonly ConcurrentDictionary<(string StreamId, PartitionId Partition), T> _partitions = new();

    /// <summary>In an order that does not depend on hashes.</summary>
    public IEnumerable<T> All => _partitions.OrderBy(p => p.Key.StreamId, StringComparer.Ordinal).ThenBy(p => p.Key.Partition).Select(p => p.Value);

    public T For(PartitionPlace place) => _partitions.GetOrAdd((place.StreamId, place.Partition), static (_, a) => a.create(a.place), (create, place));

    /// <summary>Forgets a stream found deleted.</summary>
    public void Forget(string streamId)
    {
        foreach (var key in _partitions.Keys.Where(k => k.StreamId == streamId))
        {
            _partitions.TryRemove(key, out _);
        }
    }
}
