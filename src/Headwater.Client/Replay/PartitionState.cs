using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>How far the replay of a partition is.</summary>
/// <param name="partition">The partition.</param>
/// <param name="next">Where it begins.</param>
/// <param name="streamId">The id of its stream.</param>
internal sealed class PartitionState<T>(PartitionId partition, Offset next, string streamId)
{
    public PartitionId Partition => partition;

    /// <summary>The offset of the next event to deliver.</summary>
    public Offset Next { get; set; } = next;

    /// <summary>The replay ends before this offset, or goes on live.</summary>
    public Offset End { get; set; }

    public bool IsDone => Next >= End;

    /// <summary>The segment that is read in part; null: the next one is read from its start.</summary>
    public SegmentFile<T>? File { get; set; }

    /// <summary>The position in <see cref="File"/> up to which its blocks are read.</summary>
    public long Position { get; set; }

    /// <summary>The offset with which the block at <see cref="Position"/> begins; undefined in segments of compaction.</summary>
    public Offset Block { get; set; }

    /// <summary>Makes a batch that ends before an offset, and goes on there.</summary>
    public ReplayBatch<T> Advance(IReadOnlyList<ReceivedEvent<T>> events, Offset to, ReplayGapCause cause, long storedBytes = 0)
    {
        Offset from = Next;
        Next = to;
        return new ReplayBatch<T>(partition, from, to, events, cause) { StreamId = streamId, StoredBytes = storedBytes };
    }
}
