using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Parsing;
using Headwater.Log.Ports;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Handling;

/// <summary>A message on a poison queue: given up by this app with a record, or moved there by the host as it was.</summary>
/// <param name="Record">Why it was given up.</param>
/// <param name="Identity">Whose message it is.</param>
/// <param name="IsPacked">Whether the message is a record that queue <c>appends</c> takes as it is.</param>
internal sealed record PoisonedMessage(PoisonRecord Record, MessageIdentity Identity, bool IsPacked)
{
    /// <summary>Whether the host gave the message up.</summary>
    public bool IsRuntime => Record.Code == PoisonRecord.Runtime;

    /// <param name="queue">The queue that the message was given up on.</param>
    /// <param name="message">A message of its poison queue.</param>
    public static PoisonedMessage Of(string queue, QueuedMessage message)
    {
        MessageIdentity identity = MessageIdentity.Of(queue, message.Body);
        if (TryRead(message.Body) is not { } record)
        {
            return new PoisonedMessage(LastAttempt.RecordOf(queue, message.Body, message.Enqueued, message.Enqueued), identity, IsPacked: false);
        }

        identity = MessageIdentity.Of(StorageNames.AppendsQueue, message.Body);

        // The host moved a message that was waiting in the form of a record.
        record = record.Code == PoisonRecord.Waiting
            ? LastAttempt.RecordOf(StorageNames.AppendsQueue, message.Body, message.Enqueued, message.Enqueued)
            : record with { Queue = queue };
        return new PoisonedMessage(record, identity, IsPacked: true);
    }

    private static PoisonRecord? TryRead(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonBodies.Parse(body);
            return PoisonRecord.TryRead(document.RootElement)?.Record;
        }
        catch (HeadwaterException)
        {
            return null;
        }
    }
}
