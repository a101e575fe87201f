using System.Diagnostics;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Log.Appending;
using Headwater.Log.Errors;
using Headwater.Log.Ports;
using Headwater.Log.Telemetry;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;
using Microsoft.Extensions.Logging;

namespace Headwater.Queues.Handling;

/// <summary>One part of a message to its end: appended and its outcome recorded, or enqueued again to wait, or given up.</summary>
public sealed class PartHandling(QueuedAppender appender, QueuedStatuses statuses, Outbound outbound, Poisoning poisoning, QueuedContext context)
{
    /// <summary>An append (and a read of a claim-checked batch), then one row for a batch that was posted. A batch that waits: one send.</summary>
    /// <param name="queue">Where its message came from.</param>
    /// <param name="part">What it is.</param>
    /// <param name="enqueued">When its message was first enqueued, as far as the message does not know better.</param>
    /// <param name="cancellation">The host stops.</param>
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
                await statuses.RecordAsync(QueuedStatus.Appended(batch, outcome, context.Time.GetUtcNow()), cancellation);
            QueueTelemetry.Count(queue, outcome.IsReplay ? "repeated" : "appended");
        }
        catch (HeadwaterException problem) when (Verdicts.Of(problem.Code) == Verdict.AwaitTurn)
        {
            QueueTelemetry.Fail(activity, problem.Code.WireName());
            await AwaitTurnAsync(queue, part, problem, cancellation);
        }
        catch (HeadwaterException problem) when (Verdicts.Of(problem.Code) == Verdict.AwaitStorage)
        {
            QueueTelemetry.Fail(activity, problem.Code.WireName());
            await AwaitStorageAsync(batch, problem, cancellation);
        }
        catch (StorageException problem) when (Verdicts.IsOutage(problem))
        {
            QueueTelemetry.Fail(activity, ErrorCode.StorageUnavailable.WireName());
            await AwaitStorageAsync(batch, StorageTrouble.Translate(problem), cancellation);
        }
        catch (HeadwaterException problem) when (Verdicts.Of(problem.Code) == Verdict.Poison)
        {
            QueueTelemetry.Fail(activity, problem.Code.WireName());
            await GiveUpAsync(queue, part, batch.Enqueued.Value, problem, cancellation);
        }
    }

    /// <summary>Gives this part up, whatever the reason. A late copy of a batch that was appended is dropped instead, as the repeat it is: the log may no longer know, for a producer started again or a stream deleted.</summary>
    public async Task GiveUpAsync(string queue, MessagePart part, DateTimeOffset enqueued, HeadwaterException reason, CancellationToken cancellation)
    {
        if (part.Batch is { FromInbox: false } posted && await statuses.FindAsync(posted.Id, cancellation) is { State: AppendState.Appended })
        {
            QueueTelemetry.Count(queue, "repeated");
            return;
        }

        QueueTelemetry.Count(queue, "poisoned");
        QueuedBatch? batch = part.Batch is { } known ? known with { Wait = QueuedWait.None } : null;

        // Tried again it waits anew, but is as old as it is.
        ReadOnlyMemory<byte> text = batch is not null && queue == StorageNames.AppendsQueue ? EnvelopeWriter.Write(batch, default) : part.Text;
        await poisoning.GiveUpAsync(queue, text, batch, reason, enqueued, cancellation);
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
        (QueuedWait wait, TimeSpan delay) = QueuedWaiting.ForTurn(batch.Wait, batch.Producer!.Sequence.Value, (SequenceGapFacts)gap.Facts);
        if (batch.Wait.Expected == wait.Expected && batch.Wait.Waited >= context.Options.GapPatience)
        {
            string waited = Durations.Format(batch.Wait.Waited);
            var reason = new HeadwaterException(ErrorCode.SequenceGap, $"{gap.Message} They did not come while this batch waited for {waited}.", gap);
            await GiveUpAsync(queue, part, batch.Enqueued!.Value, reason, cancellation);
            return;
        }

        await WaitAsync(batch with { Wait = wait }, delay, gap, cancellation);
    }

    private Task AwaitStorageAsync(QueuedBatch batch, HeadwaterException problem, CancellationToken cancellation)
    {
        (QueuedWait wait, TimeSpan delay) = QueuedWaiting.ForStorage(batch.Wait, problem.RetryAfter, context.Options, context.Randomness);
        return WaitAsync(batch with { Wait = wait }, delay, problem, cancellation);
    }

    private async Task WaitAsync(QueuedBatch batch, TimeSpan delay, HeadwaterException reason, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> message = EnvelopeWriter.Write(batch, default);
        if (QueueText.Size(message.Span) > QueueText.MaxBytes)
        {
            var record = new PoisonRecord
            {
                Ref = batch.Id,
                Queue = StorageNames.AppendsQueue,
                Code = PoisonRecord.Waiting,
                Reason = "",
                At = context.Time.GetUtcNow(),
                Enqueued = batch.Enqueued!.Value,
            };
            message = await outbound.PackAsync(record, message, cancellation);
        }

        await outbound.SendAgainAsync(StorageNames.AppendsQueue, message, delay, cancellation);
        QueueTelemetry.Count(StorageNames.AppendsQueue, "waiting");
        context.Logger.Waiting(batch.Id, delay, batch.Wait.Attempts, reason.Code.WireName());
    }
}

/// <summary>What every step of the queue path has in common.</summary>
public sealed record QueuedContext(QueuedOptions Options, TimeProvider Time, Randomness Randomness, ILogger Logger);
