using Headwater.Log;
using Headwater.Log.Ports;
using Microsoft.Extensions.Logging;

namespace Headwater.Http.Queued;

/// <summary>The queue path, once: what <c>Prefer: respond-async</c> puts on queue <c>appends</c> and others put on <c>inbox</c> is taken from there to the log by <see cref="HandleAsync"/>, in either host.</summary>
/// <param name="log">Where events go.</param>
/// <param name="ports">Outcomes are rows, large batches blobs.</param>
/// <param name="queues">What waits.</param>
/// <param name="options">Tuning.</param>
/// <param name="logger">Told of poisoned and waiting messages.</param>
public sealed class QueuedAppends(EventLog log, LogPorts ports, IQueues queues, QueuedOptions options, ILogger<QueuedAppends> logger)
{
    /// <summary>Handles one message. Returning completes it: its events are stored, or it was enqueued again to wait, or it was written to poison. Throwing counts as a failure of the message.</summary>
    /// <param name="queue">Where it came from: <see cref="StorageNames.AppendsQueue"/> or <see cref="StorageNames.InboxQueue"/>.</param>
    /// <param name="body">As it was received: text, or for the inbox base64 of it.</param>
    /// <param name="enqueued">When it was put on the queue, by the service's clock.</param>
    /// <param name="dequeueCount">How often it was received, this time included.</param>
    /// <param name="cancellation">The host stops; the message comes again.</param>
    public Task HandleAsync(string queue, ReadOnlyMemory<byte> body, DateTimeOffset enqueued, long dequeueCount, CancellationToken cancellation)
    {
        _ = (log, ports, queues, options, logger, queue, body, enqueued, dequeueCount, cancellation);
        throw new NotImplementedException();
    }
}
