namespace Headwater.Log.Ports;

/// <summary>
/// Unordered queues with at-least-once delivery and messages that never expire. A message is UTF-8 text that is valid in XML, with at most
/// <see cref="QueueText.MaxBytes"/> after XML encoding. A queue that does not exist reads as empty. The first message sent creates the queue, unless the
/// deployment creates it.
/// Every member is one storage call unless its documentation says otherwise, and throws <see cref="StorageException"/> on a fault.
/// </summary>
public interface IQueues
{
    /// <summary>Creates a queue unless it exists, so that others can send to it. Does nothing where the deployment creates the queues.</summary>
    /// <param name="queue">Its name.</param>
    /// <param name="cancellation">Stops waiting.</param>
    ValueTask CreateAsync(string queue, CancellationToken cancellation);

    /// <summary>Puts a message that never expires. Sent once: after a fault it may or may not be there.</summary>
    /// <param name="queue">Its name.</param>
    /// <param name="body">The message's text.</param>
    /// <param name="delay">Time before the message becomes visible; whole seconds, at most 7 days.</param>
    /// <param name="cancellation">Stops waiting.</param>
    ValueTask SendAsync(string queue, ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellation);

    /// <summary>
    /// Takes at most <paramref name="count"/> messages (1 to 32), hidden from others for <paramref name="visibility"/> (whole seconds, from 1 s).
    /// Sent once.
    /// </summary>
    ValueTask<IReadOnlyList<QueuedMessage>> ReceiveAsync(string queue, int count, TimeSpan visibility, CancellationToken cancellation);

    /// <summary>At most <paramref name="count"/> visible messages (1 to 32) without taking them; their receipts are empty.</summary>
    ValueTask<IReadOnlyList<QueuedMessage>> PeekAsync(string queue, int count, CancellationToken cancellation);

    /// <summary>Hides a received message for <paramref name="visibility"/> from now on; zero gives it back.</summary>
    /// <returns>The new receipt, or null if the message is gone or was received again meanwhile.</returns>
    ValueTask<string?> ExtendAsync(string queue, MessageReceipt receipt, TimeSpan visibility, CancellationToken cancellation);

    /// <summary>Deletes a received message.</summary>
    /// <returns>False if it is gone or was received again meanwhile.</returns>
    ValueTask<bool> DeleteAsync(string queue, MessageReceipt receipt, CancellationToken cancellation);
}

/// <param name="MessageId">The queue's own name of the message.</param>
/// <param name="Pop">Proof of the latest receiving.</param>
public readonly record struct MessageReceipt(string MessageId, string Pop);

/// <param name="Receipt">To extend or delete it.</param>
/// <param name="Body">Its text.</param>
/// <param name="Enqueued">When it was put, by the service's clock.</param>
/// <param name="DequeueCount">How often it was received, this time included; 0 for one only peeked at and never received.</param>
public sealed record QueuedMessage(MessageReceipt Receipt, ReadOnlyMemory<byte> Body, DateTimeOffset Enqueued, long DequeueCount);
