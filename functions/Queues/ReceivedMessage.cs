using Azure.Storage.Queues.Models;
using Headwater.Queues;

namespace Headwater.Functions.Queues;

internal static class ReceivedMessage
{
    /// <summary>Handles one message. When this returns, the runtime deletes the message; when it throws, the message becomes visible again.</summary>
    public static Task HandleAsync(this QueuedAppends appends, string queue, QueueMessage message, CancellationToken cancellation) =>
        appends.HandleAsync(queue, message.Body.ToMemory(), message.InsertedOn.GetValueOrDefault(), message.DequeueCount, cancellation);
}
