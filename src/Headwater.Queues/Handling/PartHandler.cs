using System.Diagnostics;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Log.Append;
using Headwater.Log.Errors;
using Headwater.Log.Ports;
using Headwater.Log.Telemetry;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;
using Microsoft.Extensions.Logging;

namespace Headwater.Queues.Handling;

/// <summary>Handles one part of a message: appends it and records its outcome, or enqueues it again with a delay, or gives it up.</summary>
public sealed class PartHandler(QueuedAppender appender, QueuedStatuses statuses, Outbound outbound, PoisonWriter poisoning, QueueContext context)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    /// <summary>
    /// Costs one append, one read if the events are in a blob, and one row write if the batch was posted. A batch that has to wait costs one send.
    /// </summary>
    /// <param name="queue">The queue that the message is from.</param>
    /// <param name="part">The part to handle.</param>
    /// <param name="enqueued">When the message was first enqueued, unless the message itself says so.</param>
    /// <param name="cancellation">Cancelled when the host stops.</param>
    public async Task HandleAsync(string queue, MessagePart part, DateTimeOffset enqueued, CancellationToken cancellation)
    {
        if (part.Batch is not { } batch)
        {
            await GiveUpAsync(queue, part, enqueued, part.Fault!, cancellation);
            return;
        }

        using Activity? activity = QueueTelemetry.Process(queue, batch);
        part = part with { Batch = batch = batch with { Enqueued = batch.Enqueued ?? enqueued } };
        try
        {
            AppendOutcome outcome = await AppendAsync(batch, enqueued, cancellation);
            if (!batch.FromInbox)
            {
                await statuses.RecordAsync(QueuedStatus.Appended(batch, outcome, context.Time.GetUtcNow()), cancellation);
            }

            QueueTelemetry.Count(queue, outcome.IsReplay ? "repeated" : "appended");
        }
        catch (HeadwaterException problem) when (MessageDispositions.Of(problem.Code) == MessageDisposition.AwaitTurn)
        {
            QueueTelemetry.Fail(activity, problem.Code.WireName());
            await AwaitTurnAsync(queue, part, problem, cancellation);
        }
        catch (HeadwaterException problem) when (MessageDispositions.Of(problem.Code) == MessageDisposition.AwaitStorage)
        {
            QueueTelemetry.Fail(activity, problem.Code.WireName());
            await AwaitStorageAsync(batch, problem, cancellation);
        }
        catch (StorageException problem) when (MessageDispositions.IsOutage(problem))
        {
            QueueTelemetry.Fail(activity, ErrorCode.StorageUnavailable.WireName());
            await AwaitStorageAsync(batch, StorageErrors.Translate(problem), cancellation);
        }
        catch (HeadwaterException problem) when (MessageDispositions.Of(problem.Code) == MessageDisposition.Poison)
        {
            QueueTelemetry.Fail(activity, problem.Code.WireName());
            await GiveUpAsync(queue, part, batch.Enqueued.Value, problem, cancellation);
        }
    }

    /// <summary>
    /// Gives this part up. A late copy of an appended batch is dropped instead. The status decides: the log may no longer recognize the repeat after its
    /// producer was restarted or its stream deleted.
    /// </summary>
    public async Task GiveUpAsync(string queue, MessagePart part, DateTimeOffset enqueued, HeadwaterException reason, CancellationToken cancellation)
    {
        MessageIdentity identity = part.Batch is { } read ? MessageIdentity.Of(read) : MessageIdentity.Of(queue, part.Text);
        QueuedStatus? known = identity is { IsPosted: true, Id: { } id } ? await statuses.FindAsync(id, cancellation) : null;
        if (known is { State: AppendState.Appended })
        {
            QueueTelemetry.Count(queue, "repeated");
            return;
        }

        QueueTelemetry.Count(queue, "poisoned");

        // A redriven batch starts with a new wait but keeps its original enqueue time.
        ReadOnlyMemory<byte> text = part.Batch is { } batch && queue == StorageNames.AppendsQueue
            ? EnvelopeWriter.Write(batch with { Wait = QueuedWait.None, Kept = null }, default) : part.Text;
        await poisoning.GiveUpAsync(queue, text, identity, known, reason, enqueued, cancellation);
    }

    private async Task<AppendOutcome> AppendAsync(QueuedBatch batch, DateTimeOffset enqueued, CancellationToken cancellation)
    {
        DateTimeOffset since = batch.Enqueued is { } first && first < enqueued ? first : enqueued;
        AppendOutcome outcome = await appender.AppendAsync(batch, since, cancellation);
        EventTelemetry.Appended(outcome.Partitions.Sum(p => p.Events.Count));
        return outcome;
    }

    private async Task AwaitTurnAsync(string queue, MessagePart part, HeadwaterException gap, CancellationToken cancellation)
    {
        QueuedBatch batch = part.Batch!;
        (QueuedWait wait, TimeSpan delay) = RetryDelay.ForTurn(batch.Wait, batch.Producer!.Sequence.Value, (SequenceGapFacts)gap.Facts);
        if (batch.Wait.Expected == wait.Expected && batch.Wait.Waited >= context.Options.GapTimeout)
        {
            string waited = Durations.Format(batch.Wait.Waited);
            var reason = new HeadwaterException(ErrorCode.SequenceGap, $"{gap.Message} This batch waited {waited} for the missing sequence numbers.", gap);
            await GiveUpAsync(queue, part, batch.Enqueued!.Value, reason, cancellation);
            return;
        }

        await WaitAsync(batch with { Wait = wait }, delay, gap, cancellation);
    }

    private Task AwaitStorageAsync(QueuedBatch batch, HeadwaterException problem, CancellationToken cancellation)
    {
        (QueuedWait wait, TimeSpan delay) = RetryDelay.ForStorage(batch.Wait, problem.RetryAfter, context.Options, context.Randomness);
        return WaitAsync(batch with { Wait = wait }, delay, problem, cancellation);
    }

    private async Task WaitAsync(QueuedBatch batch, TimeSpan delay, HeadwaterException reason, CancellationToken cancellation)
    {
        batch = await KeepAsync(batch, cancellation);
        ReadOnlyMemory<byte> message = EnvelopeWriter.Write(batch, default);
        if (QueueText.Size(message.Span) > QueueText.MaxBytes)
        {
            batch = await outbound.ClaimAsync(batch, TimedId.New(batch.Enqueued!.Value, context.Randomness), cancellation);
            message = EnvelopeWriter.Write(batch, default);
        }

        await outbound.SendAgainAsync(StorageNames.AppendsQueue, message, delay, cancellation);
        QueueTelemetry.Count(StorageNames.AppendsQueue, "waiting");
        context.Logger.Waiting(batch.Id, delay, batch.Wait.Attempts, reason.Code.WireName());
    }

    /// <summary>
    /// Once a day of waiting, writes the batch's status and blob again: a sweep deletes both if nothing has written them for long. If storage fails here, the
    /// next wait writes them.
    /// </summary>
    private async Task<QueuedBatch> KeepAsync(QueuedBatch batch, CancellationToken cancellation)
    {
        DateTimeOffset now = context.Time.GetUtcNow();
        if (now - (batch.Kept ?? batch.Enqueued!.Value) < KeptFor)
        {
            return batch;
        }

        try
        {
            await outbound.RenewAsync(batch, cancellation);
            if (!batch.FromInbox)
            {
                var status = new QueuedStatus(batch.Id, AppendState.Queued, batch.Stream, now) { Claim = ClaimBlobs.NameOf(batch) };
                await statuses.RecordAsync(status, cancellation);
            }

            return batch with { Kept = now };
        }
        catch (Exception problem) when (problem is HeadwaterException or StorageException)
        {
            if (!StorageErrors.IsOutage(problem))
            {
                context.Logger.NotKept(batch.Id, problem);
            }

            return batch;
        }
    }
}

/// <summary>What all steps of the queue path share.</summary>
/// <param name="Options">Timeouts and limits.</param>
/// <param name="Time">The clock.</param>
/// <param name="Randomness">Source of ids and jitter.</param>
/// <param name="Logger">Logs waiting, poisoned and failed messages.</param>
public sealed record QueueContext(QueuedOptions Options, TimeProvider Time, Randomness Randomness, ILogger Logger);
