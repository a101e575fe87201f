using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Parsing;
using Headwater.Log.Ports;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Handling;

/// <summary>A message on a poison queue: given up by this app with a record, or moved there by the host as it was.</summary>
/// <param name="Record">Why it was given up.</param>
/// <param name="Identity">Whose message it is.</param>
/// <param name="Packed">What queue <c>appends</c> takes to try the message again; null if the message has to be packed first.</param>
internal sealed record PoisonedMessage(PoisonRecord Record, MessageIdentity Identity, ReadOnlyMemory<byte>? Packed)
{
    /// <summary>
    /// How long before it was given up a message of the inbox may claim to have been enqueued; 30 days. The host can move a record that a sender wrote, and
    /// an early time makes the handler search the whole log for its events.
    /// </summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    /// <summary>Whether the host gave the message up.</summary>
    public bool IsRuntime => Record.Code == PoisonRecord.Runtime;

    /// <param name="queue">The queue that the message was given up on.</param>
    /// <param name="message">A message of its poison queue.</param>
    public static PoisonedMessage Of(string queue, QueuedMessage message)
    {
        bool isInbox = queue == StorageNames.InboxQueue;
        if (TryRead(message.Body) is not { } packed || (isInbox && packed.Record.Code == PoisonRecord.Waiting))
        {
            MessageIdentity identity = MessageIdentity.Of(queue, message.Body);
            return new PoisonedMessage(RuntimeRecordOf(queue, message, identity), identity, null);
        }

        if (isInbox)
        {
            return OfInbox(packed.Record, packed.Body, packed.Claim, message.Enqueued);
        }

        // The host moved a message that was waiting in the form of a record.
        var inner = MessageIdentity.OfRecord(packed.Record, packed.Body, packed.Claim);
        PoisonRecord record = packed.Record.Code == PoisonRecord.Waiting ? RuntimeRecordOf(queue, message, inner) : packed.Record;
        return new PoisonedMessage(record, inner, message.Body);
    }

    private static PoisonRecord RuntimeRecordOf(string queue, QueuedMessage message, MessageIdentity identity) =>
        LastAttempt.RecordOf(queue, message.Body, identity, message.Enqueued, message.Enqueued);

    /// <summary>The message is handled as one of the inbox whatever its record says.</summary>
    private static PoisonedMessage OfInbox(PoisonRecord record, byte[]? body, int? claim, DateTimeOffset givenUp)
    {
        record = record with
        {
            Queue = StorageNames.InboxQueue,
            IsForced = false,
            Enqueued = record.Enqueued > givenUp - LongestWait ? record.Enqueued : givenUp - LongestWait,
        };
        return new PoisonedMessage(record, MessageIdentity.OfRecord(record, body, claim), body is null ? record.WriteClaim(claim!.Value) : record.Write(body));
    }

    private static (PoisonRecord Record, byte[]? Body, int? Claim)? TryRead(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonBodies.Parse(body);
            return PoisonRecord.TryRead(document.RootElement);
        }
        catch (HeadwaterException)
        {
            return null;
        }
    }
}
