using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Read;

namespace Headwater.Log;

/// <summary>One partition in this process: its tail, the group commit that appends to it, and what readers share. Composes only.</summary>
internal sealed class PartitionLog
{
    private volatile StreamDescription? _lastUsedWith;

    public PartitionLog(OpenPartition partition, PartitionSteps steps, LogPorts ports, LogOptions options)
    {
        Partition = partition;
        Appends = new GroupCommit(partition, steps, ports, options);
        Reading = new ReadablePartition(partition, steps.Opener, ports.Time, options.ListingAge);
        partition.Advanced = Reading.Watcher.Notify;
    }

    public OpenPartition Partition { get; }

    public GroupCommit Appends { get; }

    public ReadablePartition Reading { get; }

    /// <summary>The description of the last operation. Used by <see cref="DrainAsync"/> alone, which no caller gives one.</summary>
    public StreamDescription? LastUsedWith
    {
        set => _lastUsedWith = value;
    }

    /// <summary>Finishes appends under way and writes a checkpoint if anything was appended since the last.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        await Appends.IdleAsync().WaitAsync(cancellation);
        if (_lastUsedWith is { } stream)
        {
            await Partition.CheckpointIfOpenAsync(stream, cancellation);
        }
    }
}
