using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.CloudEvents;
using Headwater.Formats.Parsing;
using Headwater.Log.Ports;

namespace Headwater.Queues.Messages;

/// <summary>Whose message it is, as far as that can be read. For messages whose handling failed, whatever is wrong with them.</summary>
/// <param name="Id">The batch's id; null if it cannot be read.</param>
/// <param name="Stream">The stream's name; null if it cannot be read.</param>
/// <param name="IsPosted">Whether the batch was posted, so that it has a status.</param>
/// <param name="Enqueued">When the message was first enqueued, if the message itself says so.</param>
/// <param name="Batch">The batch, if all of it can be read.</param>
public sealed record MessageIdentity(string? Id, string? Stream, bool IsPosted, DateTimeOffset? Enqueued, QueuedBatch? Batch)
{
    private static readonly MessageIdentity Unknown = new(null, null, false, null, null);

    /// <summary>Names the blob with the message's content, and therefore the message's list entry; null if the content is in the message.</summary>
    public string? Ref { get; init; }

    /// <summary>The length of that blob.</summary>
    public int? ClaimBytes { get; init; }

    /// <summary>The identity of a batch.</summary>
    public static MessageIdentity Of(QueuedBatch batch) =>
        new(batch.Id, batch.Stream, !batch.FromInbox, batch.Enqueued, batch)
        {
            Ref = batch.Content.Token,
            ClaimBytes = batch.Content.Token is null ? null : batch.Content.ClaimBytes,
        };

    /// <summary>Reads what can be read of a message.</summary>
    /// <param name="queue">The queue whose format the message has.</param>
    /// <param name="body">The message as received.</param>
    public static MessageIdentity Of(string queue, ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonBodies.Parse(
                queue == StorageNames.InboxQueue ? QueueMessage.TextOf(body) : body, QueueMessage.MaxDepthOf(queue));
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return Unknown;
            }

            return queue == StorageNames.InboxQueue ? Unknown with { Stream = TextOf(root, CloudEventNames.Stream) }
                : PoisonRecord.TryRead(root) is { } packed ? OfRecord(packed.Record, packed.Body, packed.Claim)
                : OfOwn(root);
        }
        catch (HeadwaterException)
        {
            return Unknown;
        }
    }

    /// <summary>The identity of the message that a record contains.</summary>
    /// <param name="record">The record.</param>
    /// <param name="body">The message, in the format of the record's queue; null if it is in a blob.</param>
    /// <param name="claim">The length of that blob.</param>
    public static MessageIdentity OfRecord(PoisonRecord record, byte[]? body, int? claim)
    {
        MessageIdentity inner = body is null ? Unknown : Of(record.Queue, body);
        return inner with
        {
            Id = inner.Id ?? record.Id,
            Stream = inner.Stream ?? record.Stream,
            Enqueued = record.Enqueued,
            Ref = body is null ? record.Ref : inner.Ref,
            ClaimBytes = body is null ? claim : inner.ClaimBytes,
        };
    }

    private static MessageIdentity OfOwn(JsonElement root)
    {
        bool isPosted = !JsonKinds.TryMember(root, EnvelopeFormat.Inbox.Name, out _);
        string? id = TextOf(root, EnvelopeFormat.Id.Name) is { } text && TimedId.IsWellFormed(text) ? text : null;
        QueuedBatch? batch = BatchOf(root);
        DateTimeOffset? posted = isPosted && id is not null ? TimedId.TimeOf(id) : null;
        return (batch is null ? Unknown : Of(batch)) with
        {
            Id = id,
            Stream = TextOf(root, EnvelopeFormat.Stream.Name),
            IsPosted = posted is not null,
            Enqueued = batch?.Enqueued ?? posted,
        };
    }

    private static QueuedBatch? BatchOf(JsonElement root)
    {
        try
        {
            // Without its events, which belong to the document.
            QueuedBatch batch = EnvelopeReader.ReadOwn(root);
            return batch with { Content = batch.Content with { Events = null, CloudEvent = null } };
        }
        catch (HeadwaterException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement root, string name) =>
        JsonKinds.TryMember(root, name, out JsonElement member) && member.ValueKind == JsonValueKind.String && JsonKinds.TryText(member, out string text)
            ? text : null;
}
