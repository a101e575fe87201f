namespace Headwater.Log.Model;

/// <summary>What a partition remembers of request keys and sequenced producers. The defaults are promised to users; tests use small values.</summary>
public sealed record MemoryOptions
{
    /// <summary>The defaults of all options.</summary>
    public static MemoryOptions Default { get; } = new();

    /// <summary>How long a request key is remembered, in the log's own append times.</summary>
    public TimeSpan KeyWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How much longer than <see cref="KeyWindow"/> compaction and retention keep the segments with keys. Covers the error of the clock of an instance that
    /// appends: the response that last set it may have been 10 s old. A recalled request is looked for from this much before it was sent.
    /// </summary>
    public TimeSpan KeyMargin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Request keys that a partition remembers. Above it, the segment with the oldest keys is forgotten before the window is over.</summary>
    public int Keys { get; init; } = 3_600_000;

    /// <summary>
    /// Batches with a request key at which the active segment is sealed, so that a checkpoint carries at most 512 KiB of keys. One append may exceed it.
    /// </summary>
    public int SegmentKeys { get; init; } = 65_536;

    /// <summary>Batches of which the digest is in memory, so that a repeat costs no additional read.</summary>
    public int RecentBatches { get; init; } = 1_000;

    /// <summary>Producers that a partition remembers, the last that appended.</summary>
    public int Producers { get; init; } = 1_000;

    /// <summary>How long a producer is remembered after its last append, in the log's own append times.</summary>
    public TimeSpan ProducerAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// A producer is not forgotten for its number before this much has been appended after it, so that a new epoch is always newer than what was forgotten:
    /// otherwise more than <see cref="Producers"/> active producers could refuse each other without end.
    /// </summary>
    public TimeSpan ProducerYouth { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Producers that a partition remembers at most, young ones included.</summary>
    public int ProducersMax { get; init; } = 5_000;

    /// <summary>
    /// How much later than the last append of a forgotten producer an epoch must have been issued to be accepted without memory. Covers the differences
    /// between the clocks of the service's servers and of the instances that estimate them.
    /// </summary>
    public TimeSpan EpochMargin { get; init; } = TimeSpan.FromSeconds(5);
}
