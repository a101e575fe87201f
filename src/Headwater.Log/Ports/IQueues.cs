namespace Headwater.Log.Ports;

/// <summary>
/// Unordered queues with at-least-once delivery and messages that never expire. A message is UTF-8 text that is valid in XML, with at most
/// <see cref="QueueText.MaxBytes"/> bytes after XML encoding. A queue that does not exist reads as empty. The first message sent creates the queue, unless
/// the deployment creates it.
/// Every member is one storage call unless its documentation says otherwise, and throws <see cref="StorageException"/> on a fault.
/// </summary>
public interface IQueues
{
    /// <summary>Creates a queue unless it exists, so that other services can send to it. Does nothing where the deployment creates the queues.</summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="cancellation">Stops waiting.</param>
    ValueTask CreateAsync(string queue, CancellationToken cancellation);

    /// <summary>Sends a message that never expires. The call is sent once: after a fault the message may or may not be in the queue.</summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="body">Text of the message.</param>
    /// <param name="delay">Time before the message becomes visible; whole seconds, at most 7 days.</param>
    /// <param name="cancellation">Stops waiting.</param>
    ValueTask SendAsync(string queue, ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellation);

    /// <summary>
    /// Receives at most <paramref name="count"/> messages (1 to 32) and hides them from other receivers for <paramref name="visibility"/> (whole seconds, at
    /// least 1 s). The call is sent once: after a fault, messages may be hidden that the caller did not get.
    /// </summary>
    ValueTask<IReadOnlyList<QueuedMessage>> ReceiveAsync(string queue, int count, TimeSpan visibility, CancellationToken cancellation);

    /// <summary>
    /// Reads at most <paramref name="count"/> visible messages (1 to 32) without hiding them. Their <see cref="MessageReceipt.Pop"/> is empty.
    /// </summary>
    ValueTask<IReadOnlyList<QueuedMessage>> PeekAsync(string queue, int count, CancellationToken cancellation);

    /// <summary>Hides a received message for <paramref name="visibility"/> from now; zero makes it visible at once.</summary>
    /// <returns>The new pop receipt, which replaces the old one; null if the message was deleted or received again since.</returns>
    ValueTask<string?> ExtendAsync(string queue, MessageReceipt receipt, TimeSpan visibility, CancellationToken cancellation);

    /// <summary>Deletes a received message.</summary>
    /// <returns>False if the message was already deleted or was received again since.</returns>
    ValueTask<bool> DeleteAsync(string queue, MessageReceipt receipt, CancellationToken cancellation);
}

/// <summary>Identifies a received message.</summary>
/// <param name="MessageId">The id that the queue service gave the message.</param>
/// <param name="Pop">The pop receipt. Each receive or extension issues a new one, and only the latest is valid.</param>
public readonly record struct MessageReceipt(string MessageId, string Pop);

/// <summary>A message as received or peeked at.</summary>
/// <param name="Receipt">Needed to extend or delete the message.</param>
/// <param name="Body">UTF-8 text.</param>
/// <param name="Enqueued">When the message was sent, by the service's clock.</param>
/// <param name="DequeueCount">How often the message was received, this time included; a peek does not count.</param>
public sealed record QueuedMessage(MessageReceipt Receipt, ReadOnlyMemory<byte> Body, DateTimeOffset Enqueued, long DequeueCount);
