using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>The last keyed batches as a whole, so that most repeats are recognised without a read. Not thread-safe.</summary>
/// <param name="most">The number of batches. About 130 bytes each.</param>
internal sealed class RecentBatches(int most)
{
    public const long BytesEach = 130;

    private readonly Dictionary<RequestKey, (KeyedBatch Batch, UnixMicros Appended, long Stamp)> _byKey = [];

    private readonly Queue<(RequestKey Key, long Stamp)> _inOrder = new();

    private long _stamp;

    public int Count => _inOrder.Count;

    public (KeyedBatch Batch, UnixMicros Appended)? Find(RequestKey key) =>
        _byKey.TryGetValue(key, out var found) ? (found.Batch, found.Appended) : null;

    /// <summary>Adds a batch, or makes a known one the newest.</summary>
    public void Add(KeyedBatch batch, UnixMicros appended)
    {
        _byKey[batch.Request] = (batch, appended, ++_stamp);
        _inOrder.Enqueue((batch.Request, _stamp));
        if (_inOrder.Count > most)
        {
            (RequestKey key, long stamp) = _inOrder.Dequeue();
            if (_byKey.TryGetValue(key, out var current) && current.Stamp == stamp)
            {
                _byKey.Remove(key);
            }
        }
    }
}
