using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>The partitions that a consumer has. Thread-safe.</summary>
internal sealed class Assignment(ConsumerOptions options)
{
    /// <summary>Bytes of values that wait, beyond which only partitions without a waiting event are read.</summary>
    private const long MostBytes = 64L << 20;

    private readonly Lock _gate = new();

    private readonly Dictionary<PartitionId, AssignedPartition> _partitions = [];

    private bool _isFull;

    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<PartitionId> Partitions
    {
        get
        {
            lock (_gate)
            {
                return [.. _partitions.Keys.Order()];
            }
        }
    }

    /// <summary>Completes at the next change after which another request may be worth while.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Runs work under the lock.</summary>
    public TResult With<TResult>(Func<IReadOnlyDictionary<PartitionId, AssignedPartition>, TResult> work)
    {
        lock (_gate)
        {
            return work(_partitions);
        }
    }

    public void Add(AssignedPartition partition)
    {
        lock (_gate)
        {
            _partitions[partition.Partition] = partition;
        }

        options.OnAssigned?.Invoke([partition.Partition]);
        lock (_gate)
        {
            partition.IsAnnounced = true;
            Signal();
        }
    }

    /// <summary>Takes away the partition unless it was assigned again since.</summary>
    public void Remove(AssignedPartition partition)
    {
        bool removed;
        lock (_gate)
        {
            removed = ((ICollection<KeyValuePair<PartitionId, AssignedPartition>>)_partitions).Remove(new(partition.Partition, partition));
            SignalIfRoom(partition);
        }

        if (removed)
        {
            options.OnRevoked?.Invoke([partition.Partition]);
        }
    }

    /// <summary>Takes the partitions that a request should read now: those of the shard that have room for events.</summary>
    public Dictionary<PartitionId, (AssignedPartition Partition, Offset Next, int Version)> Wanted(int shard, int shards) => With(all =>
    {
        _isFull = IsFuller(MostBytes);
        return all.Values.Where(p => p.Partition.Value % shards == shard && p.Wants(_isFull ? 1 : options.BufferedEvents))
            .ToDictionary(p => p.Partition, p => (p, p.Next, p.Version));
    });

    /// <summary>Buffers the events of a page, except of partitions that were lost, taken back, moved or paused since its request was sent.</summary>
    public void Take(ManyPage page, IReadOnlyDictionary<PartitionId, (AssignedPartition Partition, Offset Next, int Version)> read)
    {
        lock (_gate)
        {
            foreach (ReceivedEvent<ReadOnlyMemory<byte>> item in page.Events)
            {
                if (read.TryGetValue(item.Partition, out (AssignedPartition Partition, Offset Next, int Version) of) && IsCurrent(of))
                {
                    of.Partition.Add(item);
                }
            }

            foreach ((PartitionId id, Offset next) in page.Next.Offsets)
            {
                if (read.TryGetValue(id, out (AssignedPartition Partition, Offset Next, int Version) of) && IsCurrent(of))
                {
                    of.Partition.Next = next;
                }
            }
        }
    }

    /// <summary>Moves a partition beyond events that are lost.</summary>
    /// <returns>False if the partition was lost, taken back, moved or paused since the request was sent.</returns>
    public bool TrySkip((AssignedPartition Partition, Offset Next, int Version) read, Offset to)
    {
        lock (_gate)
        {
            if (!IsCurrent(read))
            {
                return false;
            }

            read.Partition.Next = to;
            if (read.Partition.Waiting == 0)
            {
                read.Partition.Processed = to;
            }

            return true;
        }
    }

    /// <summary>Records that an event was processed, or discarded.</summary>
    public void Taken(AssignedPartition partition, int version, int bytes, Offset? processed)
    {
        lock (_gate)
        {
            partition.Waiting--;
            partition.WaitingBytes -= bytes;
            if (processed is { } offset && partition.Version == version)
            {
                partition.Processed = offset;
            }

            if (partition.Waiting == options.BufferedEvents / 2)
            {
                Signal();
            }

            SignalIfRoom(partition);
        }
    }

    /// <summary>Changes a partition, if the consumer has it.</summary>
    public bool Change(PartitionId partition, Action<AssignedPartition> change)
    {
        lock (_gate)
        {
            if (!_partitions.TryGetValue(partition, out AssignedPartition? assigned))
            {
                return false;
            }

            change(assigned);
            Signal();
            return true;
        }
    }

    private static bool IsCurrent((AssignedPartition Partition, Offset Next, int Version) read) =>
        read.Partition.Version == read.Version && !read.Partition.IsReleasing && !read.Partition.IsPaused;

    private bool IsFuller(long bytes) => _partitions.Values.Sum(p => p.WaitingBytes) >= bytes;

    private void SignalIfRoom(AssignedPartition partition)
    {
        if (_isFull && (partition.Waiting == 0 || !IsFuller(MostBytes / 2)))
        {
            _isFull = false;
            Signal();
        }
    }

    private void Signal()
    {
        TaskCompletionSource changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }
}
