using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log;

/// <summary>The partitions this process appends to and reads, one <see cref="PartitionLog"/> each.</summary>
internal sealed class PartitionLogs
{
    private readonly PartitionCache<PartitionLog> _partitions;

    private volatile bool _isStopping;

    public PartitionLogs(LogPorts ports, LogOptions options)
    {
        PartitionSteps steps = PartitionSteps.Over(ports, options);
        _partitions = new PartitionCache<PartitionLog>(place => new PartitionLog(new OpenPartition(place, steps, ports, options), steps, ports, options));
    }

    /// <summary>All partitions, in an order that does not depend on hashes.</summary>
    public IEnumerable<PartitionLog> All => _partitions.All;

    /// <summary>Ends the waits of all readers, also those of partitions that are opened later.</summary>
    public void StopWaiting()
    {
        _isStopping = true;
        foreach (PartitionLog log in All)
        {
            log.Reading.Watcher.Stop();
        }
    }

    public PartitionLog For(StreamDescription stream, PartitionId partition)
    {
        PartitionLog log = _partitions.For(PartitionPlace.Of(stream, partition));
        log.LastUsedWith = stream;
        if (_isStopping)
        {
            log.Reading.Watcher.Stop(); // The loop above may have run before this partition was added.
        }

        return log;
    }

    /// <inheritdoc cref="OpenPartition.KnownEnd"/>
    public Offset? KnownEnd(string streamId, PartitionId partition) => _partitions.Find(streamId, partition)?.Partition.KnownEnd;

    /// <summary>Drops the cached partitions of a stream, because the stream may have been deleted.</summary>
    public void Forget(string streamId) => _partitions.Forget(streamId);
}
