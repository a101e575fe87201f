using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.EndToEnd.Tests.Queued;

/// <summary>
/// Queues with every disorder that the service permits: each message of a producer is delivered twice, pages are shuffled, and some messages return to
/// the end of the queue before their first delivery. Messages that the host requeues are delivered once; delivered twice, each would produce two more.
/// </summary>
internal sealed class TroublesomeQueues(IQueues inner, ulong seed) : IQueues
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _onceMore = [];
    private readonly HashSet<string> _noted = [];
    private readonly HashSet<string> _putBack = [];
    private readonly SeededRandomness _random = new(seed);
    private readonly Lock _gate = new();
    private int _handled;

    /// <summary>The number of completed deliveries; a message delivered twice counts twice.</summary>
    public int Handled => Volatile.Read(ref _handled);

    public ValueTask CreateAsync(string queue, CancellationToken cancellation) => inner.CreateAsync(queue, cancellation);

    public ValueTask SendAsync(string queue, ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellation) =>
        inner.SendAsync(queue, body, delay, cancellation);

    public async ValueTask<IReadOnlyList<QueuedMessage>> ReceiveAsync(string queue, int count, TimeSpan visibility, CancellationToken cancellation)
    {
        IReadOnlyList<QueuedMessage> page = await inner.ReceiveAsync(queue, count, visibility, cancellation);
        List<QueuedMessage> delivered = [];
        foreach (QueuedMessage message in page)
        {
            Note(message);
            if (IsPutBack(message))
            {
                await inner.ExtendAsync(queue, message.Receipt, Soon, cancellation);
            }
            else
            {
                delivered.Add(message);
            }
        }

        return Shuffled(delivered);
    }

    public ValueTask<IReadOnlyList<QueuedMessage>> PeekAsync(string queue, int count, CancellationToken cancellation) =>
        inner.PeekAsync(queue, count, cancellation);

    public ValueTask<string?> ExtendAsync(string queue, MessageReceipt receipt, TimeSpan visibility, CancellationToken cancellation) =>
        inner.ExtendAsync(queue, receipt, visibility, cancellation);

    public async ValueTask<bool> DeleteAsync(string queue, MessageReceipt receipt, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _handled);
        bool comesAgain;
        lock (_gate)
        {
            comesAgain = _onceMore.Remove(receipt.MessageId);
        }

        return comesAgain ? await inner.ExtendAsync(queue, receipt, Soon, cancellation) is not null : await inner.DeleteAsync(queue, receipt, cancellation);
    }

    private void Note(QueuedMessage message)
    {
        bool isSentByProducer = message.Body.Span.IndexOf("\"attempts\":"u8) < 0;
        lock (_gate)
        {
            if (isSentByProducer && _noted.Add(message.Receipt.MessageId))
            {
                _onceMore.Add(message.Receipt.MessageId);
            }
        }
    }

    private bool IsPutBack(QueuedMessage message)
    {
        lock (_gate)
        {
            return _random.NextBelow(4) == 0 && _putBack.Add(message.Receipt.MessageId);
        }
    }

    private QueuedMessage[] Shuffled(List<QueuedMessage> page)
    {
        lock (_gate)
        {
            return [.. page.OrderBy(_ => _random.NextWord())];
        }
    }
}
