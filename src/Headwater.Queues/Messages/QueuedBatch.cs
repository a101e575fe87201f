using System.Text.Json;
using Headwater.Core.Segments;
using Headwater.Log.Producers;

namespace Headwater.Queues.Messages;

/// <summary>A batch of events to append once: a posted request, one CloudEvent, or an envelope of another service.</summary>
public sealed record QueuedBatch
{
    /// <summary>32 hex digits. For messages of the inbox this is <see cref="Key"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The stream's name as sent, not yet checked.</summary>
    public required string Stream { get; init; }

    /// <summary>The stream's id. If null, the batch goes to the stream that has the name when the batch is first handled.</summary>
    public string? StreamId { get; init; }

    /// <summary>The partition posted to; null if each event's key selects the partition.</summary>
    public int? Partition { get; init; }

    /// <summary>Text that selects the partition of events without a key; <see cref="Id"/> if null.</summary>
    public string? PartitionBy { get; init; }

    /// <summary>Identifies repeats of the batch.</summary>
    public required RequestKey Key { get; init; }

    /// <summary>Digest of the events; computed if null.</summary>
    public RequestDigest? Digest { get; init; }

    /// <summary>Whether the producer sent <see cref="Key"/>. Only then is the key recorded together with a producer sequence.</summary>
    public bool HasOwnKey { get; init; }

    /// <summary>The position in a producer's sequence; null without a producer.</summary>
    public ProducerPosition? Producer { get; init; }

    /// <summary>Whether the batch is from queue <c>inbox</c>. Its stream must accept the inbox, and the batch has no status.</summary>
    public bool FromInbox { get; init; }

    /// <summary>Whether an operator appends the batch knowingly: the log is not searched for it first.</summary>
    public bool IsForced { get; init; }

    /// <summary>When the batch was first put on a queue; null until its first attempt.</summary>
    public DateTimeOffset? Enqueued { get; init; }

    /// <summary>When the batch's status and blob were last written while it waited; null if it has waited for less than a day.</summary>
    public DateTimeOffset? Kept { get; init; }

    /// <summary>W3C traceparent of the sender; null if there is none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>W3C tracestate of the sender; null if there is none.</summary>
    public string? TraceState { get; init; }

    /// <summary>How long the batch has waited.</summary>
    public QueuedWait Wait { get; init; } = QueuedWait.None;

    /// <summary>The events.</summary>
    public QueuedContent Content { get; init; }
}

/// <summary>How long a batch has waited for its predecessors or for storage.</summary>
/// <param name="Attempts">How many times the batch was enqueued again since the gap before it last got smaller.</param>
/// <param name="Waited">The sum of the delays for missing predecessors since the gap last got smaller.</param>
/// <param name="Expected">The sequence number that the log expected at the last attempt.</param>
public sealed record QueuedWait(int Attempts, TimeSpan Waited, long? Expected)
{
    /// <summary>No wait so far.</summary>
    public static QueuedWait None { get; } = new(0, TimeSpan.Zero, null);
}

/// <summary>The events of a batch: in the message as one of the first two, or in a blob.</summary>
/// <param name="Events">The events as a JSON array.</param>
/// <param name="CloudEvent">One CloudEvent in JSON format.</param>
/// <param name="ClaimBytes">Length of the blob that contains the JSON array or, if <paramref name="Token"/> names it, the CloudEvent.</param>
/// <param name="Token">Names the blob of a batch that became too large while it waited; null if the batch's id names it.</param>
public readonly record struct QueuedContent(JsonElement? Events, JsonElement? CloudEvent, int? ClaimBytes, string? Token = null)
{
    /// <summary>Events in the message.</summary>
    public static QueuedContent Of(JsonElement events) => new(events, null, null);

    /// <summary>One CloudEvent in the message.</summary>
    public static QueuedContent OfCloudEvent(JsonElement item) => new(null, item, null);

    /// <summary>Events in a blob of the given length.</summary>
    public static QueuedContent Claimed(int bytes, string? token = null) => new(null, null, bytes, token);
}
