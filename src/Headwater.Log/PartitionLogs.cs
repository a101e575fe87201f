using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Log.Segments;

namespace Headwater.Log;

/// <summary>
/// The partitions this process appends to and reads, one <see cref="PartitionLog"/> each, within <see cref="LogOptions.OpenPartitionBytes"/>.
/// </summary>
internal sealed class PartitionLogs
{
    private readonly PartitionCache<PartitionLog> _partitions;

    private volatile bool _isStopping;

    public PartitionLogs(LogPorts ports, LogOptions options)
    {
        PartitionSteps steps = PartitionSteps.Over(ports, options);
        Steps = steps;
        Limit = options.OpenPartitionBytes;
        var histories = new KeyHistories(options.OpenPartitionBytes / 2);
        _partitions = new PartitionCache<PartitionLog>(
            (place, hold) => new PartitionLog(new OpenPartition(place, steps, ports, options, hold), steps, ports, options, histories),
            options.OpenPartitionBytes);
    }

    /// <summary>What works on the partitions.</summary>
    public PartitionSteps Steps { get; }

    /// <summary>Bytes beyond which partitions that nothing uses are dropped.</summary>
    public long Limit { get; }

    /// <summary>Partitions in memory.</summary>
    public int Count => _partitions.Count;

    /// <summary>Bytes of the partitions in memory.</summary>
    public long Bytes => _partitions.Bytes;

    /// <summary>Ends the waits of all readers, also those of partitions that are opened later.</summary>
    public void StopWaiting()
    {
        _isStopping = true;
        foreach (PartitionLog log in _partitions.All)
        {
            log.Reading.Watcher.Stop();
        }
    }

    /// <summary>A partition, which stays in memory until the disposal.</summary>
    public HeldPartition<PartitionLog> Hold(StreamDescription stream, PartitionId partition)
    {
        HeldPartition<PartitionLog> held = _partitions.Hold(PartitionPlace.Of(stream, partition));
        held.Value.LastUsedWith = stream;
        if (_isStopping)
        {
            held.Value.Reading.Watcher.Stop(); // The loop above may have run before this partition was added.
        }

        return held;
    }

    /// <summary>Waits for all appends in flight, and writes the checkpoint of each partition appended to since its last one.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        IReadOnlyList<HeldPartition<PartitionLog>> all = _partitions.HoldAll();
        try
        {
            foreach (HeldPartition<PartitionLog> held in all)
            {
                await held.Value.DrainAsync(cancellation);
            }
        }
        finally
        {
            foreach (HeldPartition<PartitionLog> held in all)
            {
                held.Dispose();
            }
        }
    }

    /// <summary>The log end as this process knows it; null if the partition is not open.</summary>
    public Offset? KnownEnd(string streamId, PartitionId partition) => _partitions.Find(streamId, partition)?.Partition.KnownEnd;

    /// <summary>Drops the cached partitions of a stream, because the stream may have been deleted.</summary>
    public void Forget(string streamId) => _partitions.Forget(streamId);
}
