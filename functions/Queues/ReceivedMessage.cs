using Azure.Storage.Queues.Models;
using Headwater.Queues;

namespace Headwater.Functions.Queues;

internal static class ReceivedMessage
{
    /// <summary>Handles what the runtime received: it deletes the message when this returns, and gives it back when it throws.</summary>
    public static Task HandleAsync(this QueuedAppends appends, string queue, QueueMessage message, CancellationToken cancellation) =>
        appends.HandleAsync(queue, message.Body.ToMemory(), message.InsertedOn.GetValueOrDefault(), message.DequeueCount, cancellation);
}
