using Headwater.Core.Positions;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// The partitions that this process has in memory, up to a number of bytes. Beyond it, drops the least recently used of those that nothing holds: a dropped
/// partition is opened again from storage when it is used. Held partitions stay, also beyond the limit, so that a process has one object per partition at any
/// time. The key includes the stream id, so a recreated stream starts empty. The key excludes the schema version, so the tail survives a schema change.
/// Thread-safe.
/// </summary>
/// <typeparam name="T">The type of the cached objects.</typeparam>
/// <param name="create">Creates an object, which enters the hold while it works although no caller waits. Must have no side effects.</param>
/// <param name="mostBytes">The limit.</param>
internal sealed class PartitionCache<T>(Func<PartitionPlace, IPartitionHold, T> create, long mostBytes)
    where T : class, ICachedPartition
{
    private readonly Lock _gate = new();

    private readonly Dictionary<(string StreamId, PartitionId Partition), Entry> _entries = [];

    /// <summary>Entries that nothing holds, the most recently used first.</summary>
    private readonly LinkedList<Entry> _idle = [];

    private long _bytes;

    /// <summary>Partitions in memory.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Bytes of the partitions, as of their last use.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>All objects, ordered by stream id and partition, so that the order does not depend on hashing.</summary>
    public IReadOnlyList<T> All
    {
        get
        {
            lock (_gate)
            {
                return [.. InOrder().Select(e => e.Value)];
            }
        }
    }

    /// <summary>The object of a partition, held until the disposal.</summary>
    public HeldPartition<T> Hold(PartitionPlace place)
    {
        Entry entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue((place.StreamId, place.Partition), out Entry? known))
            {
                known = new Entry(this, (place.StreamId, place.Partition));
                known.Value = create(place, known);
                _entries.Add(known.Key, known);
                _idle.AddFirst(known.Node);
                Measure(known);
            }

            entry = known;
            Take(entry);
        }

        Trim();
        return new HeldPartition<T>(entry.Value, entry);
    }

    /// <summary>Holds all, ordered as <see cref="All"/>.</summary>
    public IReadOnlyList<HeldPartition<T>> HoldAll()
    {
        lock (_gate)
        {
            Entry[] all = [.. InOrder()];
            Array.ForEach(all, Take);
            return [.. all.Select(e => new HeldPartition<T>(e.Value, e))];
        }
    }

    /// <returns>Null if the partition is not in memory. The object may be dropped at any time.</returns>
    public T? Find(string streamId, PartitionId partition)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault((streamId, partition))?.Value;
        }
    }

    /// <summary>
    /// Drops all partitions of a stream, because the stream was found deleted. A held one is opened again by its next use, and dropped when nothing holds it.
    /// </summary>
    public void Forget(string streamId)
    {
        List<Entry> held = [];
        lock (_gate)
        {
            foreach (Entry entry in _entries.Values.Where(e => e.Key.StreamId == streamId).ToArray())
            {
                entry.IsForgotten = true;
                if (entry.Holders > 0)
                {
                    held.Add(entry);
                }
                else
                {
                    Drop(entry);
                }
            }
        }

        held.ForEach(e => e.Value.Reopen());
    }

    private IEnumerable<Entry> InOrder() => _entries.Values.OrderBy(e => e.Key.StreamId, StringComparer.Ordinal).ThenBy(e => e.Key.Partition);

    private void Leave(Entry entry)
    {
        lock (_gate)
        {
            if (!entry.IsDropped)
            {
                Measure(entry);
            }

            Release(entry);
        }

        Trim();
    }

    /// <summary>Drops what is over the limit. A checkpoint that is due is begun instead, and holds its partition until it is written.</summary>
    private void Trim()
    {
        while (TakeVictim() is { } victim)
        {
            victim.Value.CheckpointIfOwed();
            lock (_gate)
            {
                if (victim.Holders == 1)
                {
                    victim.IsForgotten = true;
                }

                Release(victim);
            }
        }
    }

    /// <returns>The least recently used entry that nothing else holds, held; null if the limit is kept or everything is held.</returns>
    private Entry? TakeVictim()
    {
        lock (_gate)
        {
            if (_bytes <= mostBytes || _idle.Last is not { } least)
            {
                return null;
            }

            Take(least.Value);
            return least.Value;
        }
    }

    private void Take(Entry entry)
    {
        if (entry.Holders++ == 0 && !entry.IsDropped)
        {
            _idle.Remove(entry.Node);
        }
    }

    private void Release(Entry entry)
    {
        if (--entry.Holders > 0 || entry.IsDropped)
        {
            return;
        }

        _idle.AddFirst(entry.Node);
        if (entry.IsForgotten)
        {
            Drop(entry);
        }
    }

    private void Drop(Entry idle)
    {
        idle.IsDropped = true;
        _idle.Remove(idle.Node);
        _entries.Remove(idle.Key);
        Interlocked.Add(ref _bytes, -idle.Bytes);
    }

    private void Measure(Entry entry)
    {
        long before = entry.Bytes;
        entry.Bytes = entry.Value.Bytes;
        Interlocked.Add(ref _bytes, entry.Bytes - before);
    }

    private sealed class Entry : IPartitionHold
    {
        private readonly PartitionCache<T> _cache;

        public Entry(PartitionCache<T> cache, (string StreamId, PartitionId Partition) key)
        {
            _cache = cache;
            Key = key;
            Node = new LinkedListNode<Entry>(this);
        }

        public (string StreamId, PartitionId Partition) Key { get; }

        public T Value { get; set; } = null!;

        public LinkedListNode<Entry> Node { get; }

        public int Holders { get; set; }

        public long Bytes { get; set; }

        /// <summary>Whether the entry is dropped when nothing holds it.</summary>
        public bool IsForgotten { get; set; }

        /// <summary>Whether the cache has it no more. Work that a waiter left behind may still use it, as another process would.</summary>
        public bool IsDropped { get; set; }

        public void Enter()
        {
            lock (_cache._gate)
            {
                _cache.Take(this);
            }
        }

        public void Leave() => _cache.Leave(this);
    }
}

/// <summary>What the cache asks of a partition.</summary>
internal interface ICachedPartition
{
    /// <summary>Bytes that the partition holds now, estimated. Takes constant time.</summary>
    long Bytes { get; }

    /// <summary>Begins the checkpoint that is due, if one is. It holds the partition while it is written.</summary>
    void CheckpointIfOwed();

    /// <summary>Drops what is known of the log, so that the next use opens the partition again.</summary>
    void Reopen();
}
