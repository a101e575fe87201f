using System.Text.Json;
using Headwater.Core.Segments;
using Headwater.Log.Producers;

namespace Headwater.Queues.Messages;

/// <summary>What a message asks to be appended, once: a post taken for later, one CloudEvent, or an envelope of another service.</summary>
public sealed record QueuedBatch
{
    /// <summary>32 hex digits; for messages of the inbox those of <see cref="Key"/>.</summary>
    public required string Id { get; init; }

    /// <summary>As sent: whether it is a stream's name is found out with the stream.</summary>
    public required string Stream { get; init; }

    /// <summary>Null: whichever stream has the name when the batch is handled first.</summary>
    public string? StreamId { get; init; }

    /// <summary>The partition posted to.</summary>
    public int? Partition { get; init; }

    /// <summary>Text that picks the partition of unkeyed events; null: <see cref="Id"/> does.</summary>
    public string? PartitionBy { get; init; }

    /// <summary>What a repeat has in common with the first.</summary>
    public required RequestKey Key { get; init; }

    /// <summary>Null: that of the events is computed.</summary>
    public RequestDigest? Digest { get; init; }

    /// <summary>Whether <see cref="Key"/> was given by the producer and so counts beside a sequence.</summary>
    public bool HasOwnKey { get; init; }

    public ProducerPosition? Producer { get; init; }

    /// <summary>Whether it came by queue <c>inbox</c>, which the stream must have opened. Such batches have no status to ask for.</summary>
    public bool FromInbox { get; init; }

    /// <summary>When it was first put on a queue; null on its first way through.</summary>
    public DateTimeOffset? Enqueued { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public QueuedWait Wait { get; init; } = QueuedWait.None;

    public QueuedContent Content { get; init; }
}

/// <summary>How long a batch has waited for its turn or for storage.</summary>
/// <param name="Attempts">Times it was enqueued again since it last got nearer to its turn.</param>
/// <param name="Waited">For its turn in a sequence, in the delays it was given since it last got nearer to it.</param>
/// <param name="Expected">The sequence that was due when it was last tried.</param>
public sealed record QueuedWait(int Attempts, TimeSpan Waited, long? Expected)
{
    public static QueuedWait None { get; } = new(0, TimeSpan.Zero, null);
}

/// <summary>Where a batch's events are: exactly one of the three.</summary>
/// <param name="Events">The array itself.</param>
/// <param name="CloudEvent">One CloudEvent in JSON format.</param>
/// <param name="ClaimBytes">Length of the blob that holds the array.</param>
public readonly record struct QueuedContent(JsonElement? Events, JsonElement? CloudEvent, int? ClaimBytes)
{
    public static QueuedContent Of(JsonElement events) => new(events, null, null);

    public static QueuedContent OfCloudEvent(JsonElement item) => new(null, item, null);

    public static QueuedContent Claimed(int bytes) => new(null, null, bytes);
}
