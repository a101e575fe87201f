using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Read;

namespace Headwater.Log;

/// <summary>One partition in this process: composes the tail, the group commit that appends to it, and the state that readers share.</summary>
internal sealed class PartitionLog : ICachedPartition
{
    /// <summary>The objects of a partition without what they remember.</summary>
    private const int ObjectBytes = 8 << 10;

    private volatile StreamDescription? _lastUsedWith;

    public PartitionLog(OpenPartition partition, PartitionSteps steps, LogPorts ports, LogOptions options, KeyHistories histories)
    {
        Partition = partition;
        Appends = new GroupCommit(partition, steps, ports, options);
        Reading = new ReadablePartition(partition, steps.Opener, ports.Time, ListingAges.Of(options), histories);
        partition.Advanced = Reading.Watcher.Notify;
        partition.Passed = Reading.Map.Extend;
    }

    public OpenPartition Partition { get; }

    public GroupCommit Appends { get; }

    public ReadablePartition Reading { get; }

    /// <summary>The stream's description from the last operation, for <see cref="DrainAsync"/>, whose caller has none.</summary>
    public StreamDescription? LastUsedWith
    {
        set => _lastUsedWith = value;
    }

    /// <inheritdoc/>
    public long Bytes => ObjectBytes + Partition.Bytes + Reading.Map.Bytes;

    /// <inheritdoc/>
    public void CheckpointIfOwed()
    {
        if (_lastUsedWith is { } stream)
        {
            Partition.CheckpointIfOwed(stream);
        }
    }

    /// <inheritdoc/>
    public void Reopen()
    {
        Partition.Reopen();
        Reading.Map.Forget();
    }

    /// <summary>Waits for appends in flight and writes a checkpoint if anything was appended since the last one.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        await Appends.IdleAsync().WaitAsync(cancellation);
        if (_lastUsedWith is { } stream)
        {
            await Partition.CheckpointIfOpenAsync(stream, cancellation);
        }
    }
}
