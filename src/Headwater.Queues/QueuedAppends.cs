using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Parsing;
using Headwater.Log;
using Headwater.Log.Ports;
using Headwater.Queues.Handling;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;
using Microsoft.Extensions.Logging;

namespace Headwater.Queues;

/// <summary>The queue path, once: what <c>Prefer: respond-async</c> puts on queue <c>appends</c> and others put on <c>inbox</c> is taken from there to the log by <see cref="HandleAsync"/>, in either host.</summary>
public sealed class QueuedAppends
{
    private static readonly TimeSpan OutageDelay = TimeSpan.FromSeconds(30);

    private readonly PartHandling _parts;

    private readonly QueuedContext _context;

    private readonly OutcomeSweep _sweep;

    /// <param name="log">Where events go.</param>
    /// <param name="ports">Statuses are rows, large batches blobs.</param>
    /// <param name="queues">What waits.</param>
    /// <param name="options">Tuning.</param>
    /// <param name="logger">Told of poisoned and waiting messages.</param>
    public QueuedAppends(EventLog log, LogPorts ports, IQueues queues, QueuedOptions options, ILogger<QueuedAppends> logger)
    {
        _context = new QueuedContext(options, ports.Time, ports.Randomness, logger);
        Statuses = new QueuedStatuses(ports.Tables);
        Claims = new ClaimBlobs(ports.Blobs);
        Poison = new PoisonList(ports.Tables);
        Outbound = new Outbound(queues, Claims, ports.Time);
        var poisoning = new Poisoning(Poison, Statuses, Outbound, ports.Time, logger);
        _parts = new PartHandling(new QueuedAppender(log, Claims, options, ports.Time), Statuses, Outbound, poisoning, _context);
        Log = log;
        Queues = queues;
        _sweep = new OutcomeSweep(Statuses, Poison, ports.Blobs, _context);
    }

    internal EventLog Log { get; }

    internal IQueues Queues { get; }

    internal QueuedStatuses Statuses { get; }

    internal ClaimBlobs Claims { get; }

    internal PoisonList Poison { get; }

    internal Outbound Outbound { get; }

    internal QueuedContext Context => _context;

    /// <summary>
    /// Handles one message. Returning completes it: its events are stored, or it was enqueued again to wait, or it was written to poison. Throwing counts as a failure of the message; at the last try
    /// that the host allows, the message is written to poison with its reason instead. While storage fails messages wait; only a failing queue makes this throw, at the last try after five minutes.
    /// </summary>
    /// <param name="queue">Where it came from: <see cref="StorageNames.AppendsQueue"/> or <see cref="StorageNames.InboxQueue"/>.</param>
    /// <param name="body">As it was received: text, or for the inbox base64 of it.</param>
    /// <param name="enqueued">When it was put on the queue, by the service's clock.</param>
    /// <param name="dequeueCount">How often it was received, this time included.</param>
    /// <param name="cancellation">The host stops; the message comes again.</param>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The last try: the message is kept with whatever was wrong.")]
    public async Task HandleAsync(string queue, ReadOnlyMemory<byte> body, DateTimeOffset enqueued, long dequeueCount, CancellationToken cancellation)
    {
        try
        {
            await HandleOnceAsync(queue, body, enqueued, cancellation);
        }
        catch (Exception exception) when (Verdicts.IsOutage(exception) || exception is HeadwaterException { Code: ErrorCode.Overloaded })
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

            var reason = new HeadwaterException(ErrorCode.Internal, $"Failed {dequeueCount} times, at last with {exception.GetType().Name}: {exception.Message}", exception);
            await _parts.GiveUpAsync(queue, new MessagePart(body, null, null), enqueued, reason, cancellation);
        }
    }

    /// <summary>How the queue path is tuned.</summary>
    public QueuedOptions Options => _context.Options;

    /// <summary>What became of a batch that was accepted to be appended later; null if its id is unknown or its outcome is no longer kept. Costs one read of a row.</summary>
    public Task<QueuedStatus?> FindStatusAsync(string id, CancellationToken cancellation) => Statuses.FindAsync(id, cancellation);

    /// <summary>Forgets outcomes older than they are kept, and deletes the blobs of their events. For a daily timer: some 500 calls and one for every blob and every 100 rows. Resumable, safe when two run at once.</summary>
    public Task<SweepReport> SweepAsync(TimeSpan budget, CancellationToken cancellation) => _sweep.SweepAsync(budget, cancellation);

    private async Task HandleOnceAsync(string queue, ReadOnlyMemory<byte> body, DateTimeOffset enqueued, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> text = queue == StorageNames.InboxQueue ? QueueMessage.TextOf(body) : body;
        JsonDocument document;
        try
        {
            document = JsonBodies.Parse(text);
        }
        catch (HeadwaterException fault)
        {
            await _parts.GiveUpAsync(queue, new MessagePart(body, null, fault), enqueued, fault, cancellation);
            return;
        }

        using (document)
        {
            if (await TryUnpackAsync(queue, new MessagePart(body, null, null), document.RootElement, enqueued, cancellation))
            {
                return;
            }

            IReadOnlyList<MessagePart> parts = QueueMessage.Parts(queue, text, document);
            await Task.WhenAll(parts.Select(part => _parts.HandleAsync(queue, part, enqueued, cancellation)));
        }
    }

    /// <summary>Storage failed where no part of the message could wait by itself, when it was to be given up for instance: all of it waits.</summary>
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
        ReadOnlyMemory<byte> message = PoisonRecord.IsOne(body) ? body : await Outbound.PackAsync(record, body, cancellation);
        await (isLastTry ? Outbound.SendAtLastAsync(queue, message, OutageDelay, cancellation) : Outbound.SendAgainAsync(queue, message, OutageDelay, cancellation));
    }

    /// <summary>A message that was given up once and put back carries itself: handled as it was, with the age it has.</summary>
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
        if (found.Body is { } body)
        {
            await HandleOnceAsync(queue, body, first, cancellation);
            return true;
        }

        try
        {
            return await Claims.ReadAsync(
                ClaimBlobs.MessageName(found.Record.Ref),
                found.Claim!.Value,
                async content =>
                {
                    await HandleOnceAsync(queue, content, first, cancellation);
                    return true;
                },
                cancellation);
        }
        catch (HeadwaterException gone) when (Verdicts.Of(gone.Code) == Verdict.Poison)
        {
            await _parts.GiveUpAsync(queue, whole, enqueued, gone, cancellation);
            return true;
        }
    }
}
