using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>The last keyed batches of a partition, so that a repeated request gets its first answer. Not thread-safe: guarded by its tail.</summary>
internal sealed class KeyMemory
{
    public const int Limit = 10_000;

    private const int RecalledLimit = 1_000;

    private readonly Dictionary<RequestKey, KeyedBatch> _byKey = [];

    private readonly Queue<KeyedBatch> _inOrder = new();

    private readonly Dictionary<RequestKey, KeyedBatch> _recalled = [];

    private readonly Queue<RequestKey> _recalledInOrder = new();

    /// <summary>Where a scan that rebuilds this memory has to begin; null if nothing is remembered.</summary>
    public Offset? Since => _inOrder.TryPeek(out KeyedBatch oldest) ? oldest.Base : null;

    /// <summary>Whether older batches may have been forgotten.</summary>
    public bool IsFull => _inOrder.Count >= Limit;

    public void Restore(IEnumerable<KeyedBatch> batches)
    {
        _byKey.Clear();
        _inOrder.Clear();
        foreach (KeyedBatch batch in batches)
        {
            Remember(batch);
        }
    }

    public KeyedBatch? Find(RequestKey key) => _byKey.TryGetValue(key, out KeyedBatch batch) || _recalled.TryGetValue(key, out batch) ? batch : null;

    /// <summary>Takes back an older batch that was found in the log, beside the last ones; never persisted.</summary>
    public void Recall(KeyedBatch batch)
    {
        if (_recalled.TryAdd(batch.Request, batch))
        {
            _recalledInOrder.Enqueue(batch.Request);
            if (_recalledInOrder.Count > RecalledLimit)
            {
                _recalled.Remove(_recalledInOrder.Dequeue());
            }
        }
    }

    public void Note(BatchRecord batch, Offset first)
    {
        if (batch.Request is { } key && batch.Digest is { } digest)
        {
            Remember(new KeyedBatch(key, digest, first, batch.Count));
        }
    }

    public IReadOnlyList<KeyedBatch> Snapshot() => [.. _inOrder];

    private void Remember(KeyedBatch batch)
    {
        _byKey[batch.Request] = batch;
        _inOrder.Enqueue(batch);
        if (_inOrder.Count > Limit)
        {
            KeyedBatch oldest = _inOrder.Dequeue();
            if (_byKey.TryGetValue(oldest.Request, out KeyedBatch current) && current.Base == oldest.Base)
            {
                _byKey.Remove(oldest.Request);
            }
        }
    }
}
