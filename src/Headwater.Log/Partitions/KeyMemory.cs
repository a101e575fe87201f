using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// Remembers the last 10,000 batches of a partition that have an idempotency key, so that a repeated request gets its first answer. Not thread-safe: the tail
/// guards it.
/// </summary>
internal sealed class KeyMemory
{
    public const int Limit = 10_000;

    private const int RecalledLimit = 1_000;

    /// <summary>A batch in the table and in the queue.</summary>
    private const int BatchBytes = 200;

    private readonly Dictionary<RequestKey, KeyedBatch> _byKey = [];

    private readonly Queue<KeyedBatch> _inOrder = new();

    private readonly Dictionary<RequestKey, KeyedBatch> _recalled = [];

    private readonly Queue<RequestKey> _recalledInOrder = new();

    /// <summary>Bytes held, estimated.</summary>
    public long Bytes => BatchBytes * (long)(_inOrder.Count + _recalled.Count);

    /// <summary>The offset of the oldest remembered batch, where a scan that rebuilds this memory must begin. Null if none is remembered.</summary>
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

    /// <summary>Remembers an older batch that was found in the log, in addition to the last ones: at most 1,000 of them, never persisted.</summary>
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

    /// <summary>The older batches that were found in the log, oldest first.</summary>
    public IReadOnlyList<KeyedBatch> Recalled() => [.. _recalledInOrder.Select(key => _recalled[key])];

    /// <summary>Remembers a stored batch if it has a key.</summary>
    public void Note(BatchRecord batch, Offset first)
    {
        if (batch.Request is { } key && batch.Digest is { } digest)
        {
            Remember(new KeyedBatch(key, digest, first, batch.Count));
        }
    }

    /// <summary>The batches to persist, oldest first.</summary>
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
