namespace Headwater.Log.Model;

/// <summary>Tuning with defaults that fit production; tests make them small.</summary>
public sealed record LogOptions
{
    public static LogOptions Default { get; } = new();

    /// <summary>A segment of this many bytes is sealed and a new one begun.</summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>AppendBlock calls a segment may take; the service allows 50,000.</summary>
    public int SegmentAppends { get; init; } = 49_000;

    /// <summary>Age of a segment's first event at which it is sealed.</summary>
    public TimeSpan SegmentAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>A group is closed at this many bytes unless one batch alone is larger.</summary>
    public int GroupBytes { get; init; } = 4 << 20;

    /// <summary>Extra time a group waits for company when the partition is idle; zero answers at once.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.Zero;

    /// <summary>Bytes of accepted but not yet answered batches per process; beyond them 429.</summary>
    public long InFlightBytes { get; init; } = 256L << 20;

    /// <summary>After this long without a certain answer an append is answered <c>appended: unknown</c>.</summary>
    public TimeSpan AppendPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>One storage call is given up after this.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Checkpoint before the tail runs this many bytes past the last one.</summary>
    public long CheckpointBytes { get; init; } = 8L << 20;

    /// <summary>Checkpoint before the tail runs this many AppendBlocks past the last one.</summary>
    public int CheckpointAppends { get; init; } = 2_000;

    /// <summary>How long a signed URL reads; at most the grace compaction gives old segments.</summary>
    public TimeSpan SignedUrlLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a reader trusts a listing of a partition's segments; less than the compaction grace.</summary>
    public TimeSpan ListingAge { get; init; } = TimeSpan.FromMinutes(1);

    public CompactionOptions Compaction { get; init; } = CompactionOptions.Default;

    /// <summary>Age at which unreferenced blobs are deleted: strays and remains of deleted streams.</summary>
    public TimeSpan SweepAge { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Timers that have not maintained anything for this long are overdue.</summary>
    public TimeSpan MaintenanceOverdue { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How often timers look at a stream that has nothing due sooner.</summary>
    public TimeSpan MaintenanceInterval { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often timers publish the positions of a stream that is appended to; an idle one, every <see cref="IdlePublishInterval"/>.</summary>
    public TimeSpan PublishInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often timers look whether an idle stream is still idle.</summary>
    public TimeSpan IdlePublishInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How much longer than its session a member of a group counts as alive for others: what this process's idea of the service's clock may be ahead
    /// (2 s), and the service's own servers apart (3 s).
    /// </summary>
    public TimeSpan GroupClockMargin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stream's description may be used without asking storage again.</summary>
    public TimeSpan DescriptionAge { get; init; } = TimeSpan.FromSeconds(10);
}
