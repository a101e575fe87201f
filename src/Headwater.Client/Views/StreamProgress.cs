using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>How far a view has read a partition.</summary>
internal struct PartitionProgress
{
    /// <summary>The offset of the next event to read.</summary>
    public Offset Next;

    /// <summary>The newest event that was read; null: none.</summary>
    public (Offset Offset, UnixMicros Appended)? Newest;
}

/// <summary>How far a view has read a stream.</summary>
/// <param name="stream">The stream.</param>
/// <param name="began">When the view began to read the stream from its log start, by the clock of this process.</param>
internal sealed class StreamProgress(StreamDescription stream, UnixMicros began)
{
    /// <summary>How far this process's clock may be behind the service's.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>The shortest time that compaction keeps a tombstone, also if the stream's setting is shorter (docs/compaction.md).</summary>
    private static readonly TimeSpan LeastRetention = TimeSpan.FromMinutes(65);

    public StreamDescription Stream => stream;

    public UnixMicros Began => began;

    public PartitionProgress[] Partitions { get; } = new PartitionProgress[stream.Partitions];

    /// <summary>
    /// Whether deletes may be missed by going on over a gap in a partition's offsets. Compaction keeps a tombstone for the retention after it has removed the
    /// older events of its key. So a tombstone in the gap was there until the retention had passed since the newest event before the gap, and a view that began
    /// within the retention has not read the events that the tombstone deletes.
    /// </summary>
    public bool MayMissDeletes(PartitionId partition, Offset next, UnixMicros now)
    {
        PartitionProgress read = Partitions[partition.Value];
        if (!stream.IsEntity || next <= read.Next)
        {
            return false;
        }

        UnixMicros since = read.Newest is { } newest && newest.Appended > began ? newest.Appended : began;
        TimeSpan kept = stream.TombstoneRetention > LeastRetention ? stream.TombstoneRetention : LeastRetention;
        return now > since.Plus(kept - ClockTolerance);
    }
}
