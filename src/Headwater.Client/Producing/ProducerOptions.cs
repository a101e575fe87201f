namespace Headwater.Client;

/// <summary>How a <see cref="Producer{T}"/> batches, waits and repeats.</summary>
public sealed record ProducerOptions
{
    /// <summary>
    /// How long an event waits for others before its batch is sent. Default 5 ms. A batch whose partition has a request open waits for its answer.
    /// </summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Bytes of JSON after which a batch is sent, at most 4 MiB. Default 1 MiB.</summary>
    public int BatchBytes { get; init; } = 1 << 20;

    /// <summary>Events after which a batch is sent, at most 10,000. Default 5,000.</summary>
    public int BatchEvents { get; init; } = 5_000;

    /// <summary>Bytes of JSON that wait or are being sent. Beyond that, <see cref="Producer{T}.EnqueueAsync"/> waits. Default 32 MiB.</summary>
    public long BufferBytes { get; init; } = 32 << 20;

    /// <summary>Requests open at a time, at most one per partition. Default 16.</summary>
    public int MaxRequests { get; init; } = 16;

    /// <summary>
    /// How long a batch is sent again while it fails in a way that may pass. Default 60 s. Without a <see cref="ProducerId"/>, a repeat is recognised only
    /// while the partition remembers the batch: one hour, up to 3.6 million keys. With one, the limit is 7 days.
    /// </summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Makes this a sequenced producer. Starting it fences the producer that had the id before: its requests fail with <c>stale_epoch</c>. Null: each request
    /// has a random Idempotency-Key.
    /// </summary>
    public string? ProducerId { get; init; }

    internal ProducerOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Linger.Ticks, nameof(Linger));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BatchBytes, 4 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchEvents, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BatchEvents, 10_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRequests, 1);
        return this;
    }
}
