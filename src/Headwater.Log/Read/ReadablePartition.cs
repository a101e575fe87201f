using Headwater.Log.Partitions;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>The state of a partition that its readers share: the tail, the map of segments, and the watcher of the log end.</summary>
internal sealed class ReadablePartition(OpenPartition partition, PartitionOpener opener, TimeProvider time, ListingAges listingAges, KeyHistories histories)
{
    /// <summary>The clock that measures reads.</summary>
    public TimeProvider Time => time;

    /// <summary>Looks request keys up in storage.</summary>
    public KeyLookup Keys => partition.Keys;

    /// <summary>The key histories of all partitions of the process.</summary>
    public KeyHistories Histories => histories;

    public PartitionMap Map { get; } = new(partition.Place, opener, time, listingAges);

    public TailWatcher Watcher { get; } = new(partition, time);

    public PartitionPlace Place => partition.Place;

    /// <inheritdoc cref="PartitionOpener.ListAsync"/>
    public Task<IReadOnlyList<SegmentFile>> ListAsync(CancellationToken cancellation) => opener.ListAsync(partition.Place, cancellation);

    /// <inheritdoc cref="OpenPartition.TailAsync"/>
    public Task<PartitionTail> TailAsync(CancellationToken cancellation) => partition.TailAsync(cancellation);

    /// <inheritdoc cref="OpenPartition.FreshTailAsync"/>
    public Task<PartitionTail> FreshTailAsync(CancellationToken cancellation) => partition.FreshTailAsync(cancellation);
}
