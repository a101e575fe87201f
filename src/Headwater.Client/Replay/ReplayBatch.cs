using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>
/// Consecutive events of a partition. Each batch of a partition begins at <see cref="Next"/> of the batch before, so every offset belongs to one batch: it is
/// the offset of an event, or in one of <see cref="Gaps"/>.
/// </summary>
/// <typeparam name="T">The type of values.</typeparam>
public sealed class ReplayBatch<T>
{
    private readonly ReplayGapCause _cause;

    internal ReplayBatch(PartitionId partition, Offset from, Offset next, IReadOnlyList<ReceivedEvent<T>> events, ReplayGapCause cause)
    {
        (Partition, From, Next, Events) = (partition, from, next, events);
        _cause = cause;
    }

    /// <summary>The stream's id. A stream that is deleted and created again has another one, and its offsets begin again.</summary>
    public string StreamId { get; internal init; } = "";

    /// <summary>The partition.</summary>
    public PartitionId Partition { get; }

    /// <summary>The first offset of the batch.</summary>
    public Offset From { get; }

    /// <summary>The first offset after the batch: where a later replay of <see cref="StreamId"/> goes on.</summary>
    public Offset Next { get; }

    /// <summary>The events, in offset order; at most 1,024 and 4 MiB from files, 1,000 from the API. Empty if there is only a gap.</summary>
    public IReadOnlyList<ReceivedEvent<T>> Events { get; }

    /// <summary>The offsets of the batch without events, because retention or compaction deleted them; in offset order. Computed at each call.</summary>
    public IEnumerable<ReplayGap> Gaps
    {
        get
        {
            Offset next = From;
            foreach (ReceivedEvent<T> e in Events)
            {
                if (e.Offset > next)
                {
                    yield return new ReplayGap(Partition, next, e.Offset, _cause);
                }

                next = e.Offset.Next;
            }

            if (next < Next)
            {
                yield return new ReplayGap(Partition, next, Next, _cause);
            }
        }
    }

    /// <summary>Bytes that the events take in the segment file; 0 for those of the API.</summary>
    internal long StoredBytes { get; init; }
}

/// <summary>Why offsets have no events.</summary>
public enum ReplayGapCause
{
    /// <summary>Retention deleted them.</summary>
    Retention,

    /// <summary>Compaction deleted them: later events of their keys replaced them.</summary>
    Compaction,
}

/// <summary>Offsets without events.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="From">The first offset without an event.</param>
/// <param name="To">The offset after the last one without an event.</param>
/// <param name="Cause">Why there are no events.</param>
public readonly record struct ReplayGap(PartitionId Partition, Offset From, Offset To, ReplayGapCause Cause);
