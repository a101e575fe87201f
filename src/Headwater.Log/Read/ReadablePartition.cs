using Headwater.Log.Partitions;

namespace Headwater.Log.Read;

/// <summary>A partition as its readers share it: the tail, the map of its segments, and the wait for its end to move.</summary>
internal sealed class ReadablePartition(OpenPartition partition, PartitionOpener opener, TimeProvider time, TimeSpan listingAge)
{
    public PartitionMap Map { get; } = new(partition.Place, opener, time, listingAge);

    public TailWatcher Watcher { get; } = new(partition, time);

    /// <inheritdoc cref="OpenPartition.TailAsync"/>
    public Task<PartitionTail> TailAsync(CancellationToken cancellation) => partition.TailAsync(cancellation);

    /// <inheritdoc cref="OpenPartition.FreshTailAsync"/>
    public Task<PartitionTail> FreshTailAsync(CancellationToken cancellation) => partition.FreshTailAsync(cancellation);
}
