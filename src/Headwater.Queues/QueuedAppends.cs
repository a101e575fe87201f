using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Parsing;
using Headwater.Log;
using Headwater.Log.Errors;
using Headwater.Log.Ports;
using Headwater.Queues.Handling;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;
using Microsoft.Extensions.Logging;

namespace Headwater.Queues;

/// <summary>
/// The queue path of both hosts. <see cref="HandleAsync"/> appends what <c>Prefer: respond-async</c> puts on queue <c>appends</c> and what other services put
/// on queue <c>inbox</c>.
/// </summary>
public sealed class QueuedAppends
{
    private static readonly TimeSpan OutageDelay = TimeSpan.FromSeconds(30);

    private readonly PartHandler _parts;

    private readonly QueueContext _context;

    private readonly OutcomeSweep _sweep;

    private readonly LastAttempt _last;

    /// <summary>Composes the queue path. Makes no storage call.</summary>
    /// <param name="log">Receives the events.</param>
    /// <param name="ports">Store statuses as rows and large batches as blobs.</param>
    /// <param name="queues">Hold the messages.</param>
    /// <param name="options">Timeouts and limits.</param>
    /// <param name="logger">Logs poisoned and waiting messages.</param>
    public QueuedAppends(EventLog log, LogPorts ports, IQueues queues, QueuedOptions options, ILogger<QueuedAppends> logger)
    {
        _context = new QueueContext(options, ports.Time, ports.Randomness, logger);
        Statuses = new QueuedStatuses(ports.Tables);
        Claims = new ClaimBlobs(ports.Blobs, log.QueuedBodies);
        Poison = new PoisonList(ports.Tables);
        Outbound = new Outbound(queues, Claims, ports.Time);
        var poisoning = new PoisonWriter(Poison, Statuses, Outbound, ports.Time, logger);
        _parts = new PartHandler(new QueuedAppender(log, Claims, options, ports.Time), Statuses, Outbound, poisoning, _context);
        Log = log;
        Queues = queues;
        _last = new LastAttempt(Poison, Statuses, _context);
        _sweep = new OutcomeSweep(log.Streams, ports, queues, _context);
        StorageCheck = new StorageCheck("queues", ports.Time, async token => await queues.PeekAsync(StorageNames.AppendsQueue, 1, token));
    }

    /// <summary>Asks the queue service whether it serves this app.</summary>
    public StorageCheck StorageCheck { get; }

    internal EventLog Log { get; }

    internal IQueues Queues { get; }

    internal QueuedStatuses Statuses { get; }

    internal ClaimBlobs Claims { get; }

    internal PoisonList Poison { get; }

    internal Outbound Outbound { get; }

    internal QueueContext Context => _context;

    /// <summary>
    /// Handles one message. When this returns, the message is complete: its events are stored, or it was enqueued again with a delay, or it was moved to the
    /// poison queue. When this throws, the attempt
    /// counts as failed. At the last attempt that the host allows, the message is moved to the poison queue with its reason instead. During a storage outage
    /// messages wait: this throws only if the
    /// queue itself fails, at the last attempt after five minutes.
    /// </summary>
    /// <param name="queue">The queue the message is from: <see cref="StorageNames.AppendsQueue"/> or <see cref="StorageNames.InboxQueue"/>.</param>
    /// <param name="body">The message as received: text, or on the inbox optionally its base64.</param>
    /// <param name="enqueued">When the message was put on the queue, by the storage service's clock.</param>
    /// <param name="dequeueCount">How many times the message was received, including this time.</param>
    /// <param name="cancellation">Cancelled when the host stops; the message is then delivered again.</param>
    public async Task HandleAsync(string queue, ReadOnlyMemory<byte> body, DateTimeOffset enqueued, long dequeueCount, CancellationToken cancellation)
    {
        if (dequeueCount < _context.Options.MaxDequeueCount)
        {
            await AttemptAsync(queue, body, enqueued, dequeueCount, cancellation);
            return;
        }

        LastAttemptMark? mark = await _last.BeginAsync(queue, body, enqueued, cancellation);
        await AttemptAsync(queue, body, enqueued, dequeueCount, cancellation);
        if (mark is not null)
        {
            await _last.EndAsync(mark, cancellation);
        }
    }

    /// <summary>Timeouts and limits of the queue path.</summary>
    public QueuedOptions Options => _context.Options;

    /// <summary>
    /// Finds the status of a batch that was accepted for a later append. A batch that no process has handled has no row: an id of the last 7 days without one
    /// is queued, whether or not it was ever issued. Costs one row read.
    /// </summary>
    /// <returns>Null if the id is older or in the future.</returns>
    public async Task<QueuedStatus?> FindStatusAsync(string id, CancellationToken cancellation) =>
        await Statuses.FindAsync(id, cancellation) ?? (MayBeQueued(id) ? QueuedStatus.Unrecorded(id) : null);

    /// <summary>
    /// Deletes expired statuses and the blobs of their events. A daily timer runs this. Costs about 500 calls, one per stream, one per blob and one per 100
    /// rows. Resumable; concurrent runs are safe.
    /// </summary>
    public Task<SweepReport> SweepAsync(TimeSpan budget, CancellationToken cancellation) => _sweep.SweepAsync(budget, cancellation);

    private bool MayBeQueued(string id)
    {
        TimeSpan age = _context.Time.GetUtcNow() - TimedId.TimeOf(id);
        return age >= -Options.ClockTolerance && age <= Options.OutcomeAge + Options.ClockTolerance;
    }

    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "At the last attempt the message is kept together with the error.")]
    private async Task AttemptAsync(string queue, ReadOnlyMemory<byte> body, DateTimeOffset enqueued, long dequeueCount, CancellationToken cancellation)
    {
        try
        {
            await HandleOnceAsync(queue, body, enqueued, cancellation);
        }
        catch (Exception exception) when (MessageDispositions.IsOutage(exception) || exception is HeadwaterException { Code: ErrorCode.Overloaded })
        {
            await WaitAsync(queue, body, enqueued, isLastTry: dequeueCount >= _context.Options.MaxDequeueCount, cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            _context.Logger.MessageFailed(queue, dequeueCount, exception);
            if (dequeueCount < _context.Options.MaxDequeueCount)
            {
                throw;
            }

            var reason = new HeadwaterException(
                ErrorCode.Internal,
                $"All {dequeueCount} attempts failed; the last error is {exception.GetType().Name}: {exception.Message}", exception);
            await _parts.GiveUpAsync(queue, new MessagePart(body, null, null), enqueued, reason, cancellation);
        }
    }

    private async Task HandleOnceAsync(string queue, ReadOnlyMemory<byte> body, DateTimeOffset enqueued, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> text = queue == StorageNames.InboxQueue ? QueueMessage.TextOf(body) : body;
        JsonDocument document;
        try
        {
            document = JsonBodies.Parse(text, QueueMessage.MaxDepthOf(queue));
        }
        catch (HeadwaterException unparsed)
        {
            HeadwaterException fault = QueueMessage.NotJson(queue, body.Span, unparsed);
            await _parts.GiveUpAsync(queue, new MessagePart(body, null, fault), enqueued, fault, cancellation);
            return;
        }

        using (document)
        {
            // A poison record on the inbox is a sender's: it is refused like any member that a sender may not use.
            if (queue == StorageNames.AppendsQueue
                && await TryUnpackAsync(queue, new MessagePart(body, null, null), document.RootElement, enqueued, cancellation))
            {
                return;
            }

            IReadOnlyList<MessagePart> parts = QueueMessage.Parts(queue, text, document);
            await Task.WhenAll(parts.Select(part => _parts.HandleAsync(queue, part, enqueued, cancellation)));
        }
    }

    /// <summary>
    /// Enqueues the whole message again. Used when storage failed at a step where no part of the message can wait on its own, for example while giving it up.
    /// A message of the inbox moves to queue <c>appends</c>, which is the only one whose enqueue times are trusted. Only if it needs a blob that cannot be
    /// written now does it return to its own queue as it was received.
    /// </summary>
    private async Task WaitAsync(string queue, ReadOnlyMemory<byte> body, DateTimeOffset enqueued, bool isLastTry, CancellationToken cancellation)
    {
        var record = new PoisonRecord
        {
            Ref = PoisonRecord.RefOf(body.Span, enqueued),
            Queue = queue,
            Code = PoisonRecord.Waiting,
            Reason = "",
            At = _context.Time.GetUtcNow(),
            Enqueued = enqueued,
        };
        (string to, ReadOnlyMemory<byte> message) = (StorageNames.AppendsQueue, body);
        try
        {
            bool isPacked = queue == StorageNames.AppendsQueue && PoisonRecord.IsOne(body);
            message = isPacked ? body : await Outbound.PackAsync(record, body, cancellation);
        }
        catch (Exception exception) when (MessageDispositions.IsOutage(exception) || exception is HeadwaterException { Code: ErrorCode.Overloaded })
        {
            to = queue;
        }

        await (isLastTry ? Outbound.SendAtLastAsync(to, message, OutageDelay, cancellation)
            : Outbound.SendAgainAsync(to, message, OutageDelay, cancellation));
    }

    /// <summary>
    /// Handles a message that was given up and put back, or that waits. It contains the original message, in the format of the queue that received it, and
    /// its original enqueue time.
    /// </summary>
    private async Task<bool> TryUnpackAsync(string queue, MessagePart whole, JsonElement root, DateTimeOffset enqueued, CancellationToken cancellation)
    {
        (PoisonRecord Record, byte[]? Body, int? Claim)? packed;
        try
        {
            packed = PoisonRecord.TryRead(root);
        }
        catch (HeadwaterException fault)
        {
            await _parts.GiveUpAsync(queue, whole, enqueued, fault, cancellation);
            return true;
        }

        if (packed is not { } found)
        {
            return false;
        }

        DateTimeOffset first = found.Record.Enqueued < enqueued ? found.Record.Enqueued : enqueued;
        string format = found.Record.Queue;
        if (found.Body is { } body)
        {
            await HandleOnceAsync(format, body, first, cancellation);
            return true;
        }

        try
        {
            return await Claims.ReadAsync(
                ClaimBlobs.MessageName(found.Record.Ref),
                found.Claim!.Value,
                async content =>
                {
                    await HandleOnceAsync(format, content, first, cancellation);
                    return true;
                },
                cancellation);
        }
        catch (HeadwaterException missing) when (MessageDispositions.Of(missing.Code) == MessageDisposition.Poison)
        {
            await _parts.GiveUpAsync(queue, whole, enqueued, missing, cancellation);
            return true;
        }
    }
}
