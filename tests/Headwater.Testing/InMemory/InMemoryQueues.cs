using System.Globalization;
using Headwater.Log.Ports;

namespace Headwater.Testing;

/// <summary>
/// Queues with the documented behaviour of the service, on a clock that the test passes in. A received message is hidden; a receipt is valid until the
/// message is received again.
/// </summary>
public sealed class InMemoryQueues(TimeProvider time) : IQueues
{
    private readonly Dictionary<string, List<Message>> _queues = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _next;

    /// <summary>While it is set, every call throws this exception.</summary>
    public StorageException? Fault { get; set; }

    /// <summary>Called after a message is stored and before its sender gets the answer, because a receiver can be that fast.</summary>
    public Func<string, Task>? Sent { get; set; }

    /// <summary>Called before messages of a queue are received.</summary>
    public Action<string>? Receiving { get; set; }

    public ValueTask CreateAsync(string queue, CancellationToken cancellation)
    {
        Enter(cancellation);
        lock (_gate)
        {
            Of(queue);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask SendAsync(string queue, ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellation)
    {
        Enter(cancellation);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, TimeSpan.FromDays(7));
        if (QueueText.Size(body.Span) > QueueText.MaxBytes)
        {
            throw new StorageException(StorageFault.Rejected, $"A message for queue '{queue}' is too large.");
        }

        lock (_gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            Of(queue).Add(new Message(Name(), body.ToArray(), now) { VisibleAt = now + delay });
        }

        if (Sent is { } sent)
        {
            await sent(queue);
        }
    }

    public ValueTask<IReadOnlyList<QueuedMessage>> ReceiveAsync(string queue, int count, TimeSpan visibility, CancellationToken cancellation)
    {
        Enter(cancellation);
        ArgumentOutOfRangeException.ThrowIfLessThan(visibility, TimeSpan.FromSeconds(1));
        Receiving?.Invoke(queue);
        lock (_gate)
        {
            Message[] taken = Visible(queue, count);
            foreach (Message message in taken)
            {
                message.Pop = Name();
                message.DequeueCount++;
                message.VisibleAt = time.GetUtcNow() + visibility;
            }

            return ValueTask.FromResult<IReadOnlyList<QueuedMessage>>([.. taken.Select(m => m.Received(m.Pop))]);
        }
    }

    public ValueTask<IReadOnlyList<QueuedMessage>> PeekAsync(string queue, int count, CancellationToken cancellation)
    {
        Enter(cancellation);
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<QueuedMessage>>([.. Visible(queue, count).Select(m => m.Received(""))]);
        }
    }

    public ValueTask<string?> ExtendAsync(string queue, MessageReceipt receipt, TimeSpan visibility, CancellationToken cancellation)
    {
        Enter(cancellation);
        lock (_gate)
        {
            if (Find(queue, receipt) is not { } message)
            {
                return ValueTask.FromResult<string?>(null);
            }

            message.Pop = Name();
            message.VisibleAt = time.GetUtcNow() + visibility;
            return ValueTask.FromResult<string?>(message.Pop);
        }
    }

    public ValueTask<bool> DeleteAsync(string queue, MessageReceipt receipt, CancellationToken cancellation)
    {
        Enter(cancellation);
        lock (_gate)
        {
            return ValueTask.FromResult(Find(queue, receipt) is { } message && Of(queue).Remove(message));
        }
    }

    /// <summary>The bodies of all messages in a queue, hidden or not, oldest first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Bodies(string queue)
    {
        lock (_gate)
        {
            return [.. Of(queue).Select(m => (ReadOnlyMemory<byte>)m.Body)];
        }
    }

    /// <summary>The time until the last hidden message becomes visible; zero if none is hidden.</summary>
    public TimeSpan LongestDelay(string queue)
    {
        lock (_gate)
        {
            TimeSpan longest = Of(queue).Select(m => m.VisibleAt - time.GetUtcNow()).DefaultIfEmpty(TimeSpan.Zero).Max();
            return longest > TimeSpan.Zero ? longest : TimeSpan.Zero;
        }
    }

    private void Enter(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Fault is { } fault)
        {
            throw fault;
        }
    }

    private string Name() => (++_next).ToString("D12", CultureInfo.InvariantCulture);

    private List<Message> Of(string queue) => _queues.TryGetValue(queue, out List<Message>? messages) ? messages : _queues[queue] = [];

    private Message[] Visible(string queue, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 32);
        DateTimeOffset now = time.GetUtcNow();
        return [.. Of(queue).Where(m => m.VisibleAt <= now).Take(count)];
    }

    private Message? Find(string queue, MessageReceipt receipt) => Of(queue).Find(m => m.Id == receipt.MessageId && m.Pop.Length > 0 && m.Pop == receipt.Pop);

    private sealed class Message(string id, byte[] body, DateTimeOffset enqueued)
    {
        public string Id { get; } = id;

        public byte[] Body { get; } = body;

        public string Pop { get; set; } = "";

        public long DequeueCount { get; set; }

        public DateTimeOffset VisibleAt { get; set; }

        public QueuedMessage Received(string pop) => new(new MessageReceipt(Id, pop), Body, enqueued, DequeueCount);
    }
}
