namespace Headwater.Log.Model;

/// <summary>Tuning of the log. The defaults are for production; tests use small values.</summary>
public sealed record LogOptions
{
    private const long LargestBatchBytes = 96_000_000;

    /// <summary>The defaults of all options.</summary>
    public static LogOptions Default { get; } = new();

    /// <summary>
    /// The defaults for a process that may use this much memory: a fifth for bodies, a sixth for reads, a sixteenth for queue messages, a sixteenth for open
    /// partitions and an eighth for appends in flight, which are part of the bodies; at most the defaults. Queue messages get 96 MB at least, which the largest
    /// batch takes. Half of the memory is left for what no budget counts: buffers that are pooled, gaps between large arrays, the runtime.
    /// </summary>
    /// <param name="bytes">What the process may use.</param>
    public static LogOptions ForMemory(long bytes) => new()
    {
        BodyBytesInFlight = Math.Min(Default.BodyBytesInFlight, bytes / 5),
        ReadBytesInFlight = Math.Min(Default.ReadBytesInFlight, bytes / 6),
        QueueBytesInFlight = Math.Clamp(bytes / 16, LargestBatchBytes, Default.QueueBytesInFlight),
        InFlightBytes = Math.Min(Default.InFlightBytes, bytes / 8),
        OpenPartitionBytes = Math.Min(Default.OpenPartitionBytes, bytes / 16),
        WaitingPartitions = (int)Math.Clamp(bytes / 16 / (64 * 1024), StreamSettings.MaxPartitions, Default.WaitingPartitions),
    };

    /// <summary>Bytes at which the active segment is sealed and a new one begins. One append may exceed it.</summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>AppendBlock calls at which the active segment is sealed. The service allows 50,000 per blob.</summary>
    public int SegmentAppends { get; init; } = 49_000;

    /// <summary>Age of its first event at which the active segment is sealed, by the next append or by a timer.</summary>
    public TimeSpan SegmentAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Most bytes, uncompressed, that group commit puts into one append. A larger batch is appended alone.</summary>
    public int GroupBytes { get; init; } = 4 << 20;

    /// <summary>How long the first batch to an idle partition waits for others to share its append; zero appends at once.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.Zero;

    /// <summary>Encoded bytes of all batches in one process that are accepted but not yet answered; beyond it, Overloaded (429).</summary>
    public long InFlightBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Bytes that the request bodies of one process hold, as received, decompressed, parsed and encoded until they are stored; beyond it, Overloaded (429).
    /// </summary>
    public long BodyBytesInFlight { get; init; } = 512_000_000;

    /// <summary>Bytes of the largest request body: <see cref="Limits.BodyBytes"/>, or an eighth of what bodies may hold.</summary>
    public long LargestBody => Math.Min(Limits.BodyBytes, BodyBytesInFlight / 8);

    /// <summary>Bytes that queue handlers load from blobs, and what the content of messages parses to; beyond it, messages wait.</summary>
    public long QueueBytesInFlight { get; init; } = 512_000_000;

    /// <summary>Bytes that the reads of one process hold: blocks as stored and as decompressed, and text not yet sent; beyond it, Overloaded (429).</summary>
    public long ReadBytesInFlight { get; init; } = 512_000_000;

    /// <summary>
    /// Reads of at least 1 MiB that one process sends to storage at a time. Others wait, so that small calls find room: every call of a process shares its
    /// network.
    /// </summary>
    public int LargeReads { get; init; } = Math.Max(4, 2 * Environment.ProcessorCount);

    /// <summary>
    /// Bytes of the partitions that one process keeps open: request keys, producers, indexes and listings. Beyond it, the least recently used of those that no
    /// operation uses are dropped, and opened again when they are used.
    /// </summary>
    public long OpenPartitionBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Reads of one process that wait at the log end. Others are answered at once, with Retry-After. The function app takes half of the requests that an
    /// instance handles at a time.
    /// </summary>
    public int WaitingReads { get; init; } = 1_000;

    /// <summary>
    /// The sum of the partitions at which the waiting reads of one process wait. Further reads are answered at once, with Retry-After. Derived from the memory:
    /// one for each 64 KiB of <see cref="OpenPartitionBytes"/>, at least the partitions of the widest stream.
    /// </summary>
    public int WaitingPartitions { get; init; } = 4_096;

    /// <summary>
    /// How long an append is tried. After that it fails: with AppendUnknown (<c>appended: unknown</c>) if its outcome is unclear, with StorageUnavailable if
    /// it lost every race to other writers.
    /// </summary>
    public TimeSpan AppendPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes that a cold open should have to read after the last checkpoint. A checkpoint is written every half of this.</summary>
    public long CheckpointBytes { get; init; } = 8L << 20;

    /// <summary>Most AppendBlock calls that should follow the last checkpoint. A checkpoint is written every half of this.</summary>
    public int CheckpointAppends { get; init; } = 2_000;

    /// <summary>How long a segment's signed URL is valid. Must be less than <see cref="CompactionOptions.Grace"/>.</summary>
    public TimeSpan SignedUrlLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Whether listings with signed URLs contain the active segment. Its URL also shows the events that are appended until the URL expires.
    /// </summary>
    public bool ListsActiveSegments { get; init; } = true;

    /// <summary>
    /// How long a reader uses a listing of a partition's segments; for more than 2,500 segments in proportion longer, up to half of
    /// <see cref="CompactionOptions.Grace"/>. Must be less than <see cref="CompactionOptions.Grace"/>.
    /// </summary>
    public TimeSpan ListingAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What partitions remember of request keys and producers.</summary>
    public MemoryOptions Memory { get; init; } = MemoryOptions.Default;

    /// <summary>Tuning of compaction.</summary>
    public CompactionOptions Compaction { get; init; } = CompactionOptions.Default;

    /// <summary>Age at which unreferenced blobs are deleted: stray segments and what interrupted creations and deletions left.</summary>
    public TimeSpan SweepAge { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Maintenance is reported as overdue if no timer has done it for this long. Daily work has one <see cref="MaintenanceInterval"/> more.</summary>
    public TimeSpan MaintenanceOverdue { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long after its change a retention that keeps less than the one before takes effect. Until then, another change takes it back.</summary>
    public TimeSpan ShorterRetentionDelay { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How often timers clean up folders without a listed stream, and look again at a partition whose compaction is held back. A stream is maintained when
    /// something of it falls due.
    /// </summary>
    public TimeSpan MaintenanceInterval { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Streams that the service may have; a further one is refused. Those that exist stay usable.</summary>
    public int MostStreams { get; init; } = 25_000;

    /// <summary>Partitions that all streams may have together; a stream that would exceed them is refused.</summary>
    public int MostPartitions { get; init; } = 250_000;

    /// <summary>How long deleting a stream, or creating one of the same name, deletes blobs before it leaves the rest to maintenance.</summary>
    public TimeSpan DeleteBudget { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause before the positions of a checkpoint are published again after a failure.</summary>
    public TimeSpan PublishInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long after its session ends a group member still counts as alive to others. Covers this process's error in estimating the service's clock (2 s) and
    /// the difference between the clocks of the service's own servers (3 s).
    /// </summary>
    public TimeSpan GroupClockMargin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest session of a member that has joined and sent no heartbeat yet. A process that dies after its join, or joins again and again, delays the others
    /// for this long.
    /// </summary>
    public TimeSpan GroupJoinSession { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a cached stream description is used before it is read again.</summary>
    public TimeSpan DescriptionAge { get; init; } = TimeSpan.FromSeconds(10);
}
