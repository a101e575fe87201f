using Headwater.Contracts.Errors;
using Headwater.Log.Ports;
using Headwater.Queues.Handling;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;

namespace Headwater.Queues;

/// <summary>
/// The two poison queues. They hold messages that this app gave up with a reason, and messages that the runtime moved there unchanged after
/// <c>maxDequeueCount</c> failures.
/// </summary>
public sealed class PoisonQueues(QueuedAppends queued)
{
    private const int PageSize = 32;

    /// <summary>
    /// Where a message that the runtime gave up says nothing about its first enqueue time: all attempts of one message end within this time, so its events are
    /// searched for from there.
    /// </summary>
    private static readonly TimeSpan RuntimeTries = TimeSpan.FromDays(1);

    /// <summary>How long received messages stay hidden. Must exceed <see cref="Budget"/>, or one call would receive the same message twice.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(5);

    /// <summary>A call receives no more messages after this time. Must be below the 230 s limit of an HTTP request.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(2);

    private static readonly string[] Queues = [StorageNames.AppendsQueue, StorageNames.InboxQueue];

    /// <summary>
    /// Lists messages that were given up: first those that the runtime gave up, then the others in the order of their first enqueue time. Costs one read.
    /// </summary>
    public Task<IReadOnlyList<PoisonEntry>> ListAsync(string? after, int limit, CancellationToken cancellation) =>
        queued.Poison.ListAsync(after, limit, cancellation);

    /// <summary>
    /// Lists messages that the runtime gave up and that are not in the list because no last attempt reached this app, among the first 32 of each queue. Costs
    /// two calls, and one read per message that the runtime gave up.
    /// </summary>
    public async Task<IReadOnlyList<PoisonEntry>> UnlistedAsync(CancellationToken cancellation)
    {
        List<PoisonEntry> unlisted = [];
        foreach (string queue in Queues)
        {
            foreach (QueuedMessage message in await queued.Queues.PeekAsync(queue + StorageNames.PoisonSuffix, PageSize, cancellation))
            {
                var found = PoisonedMessage.Of(queue, message);
                if (found.IsRuntime && await queued.Poison.FindAsync(found.Record.Ref, cancellation) is null)
                {
                    unlisted.Add(new PoisonEntry(found.Record, PoisonWriter.Excerpt(message.Body.Span)));
                }
            }
        }

        return unlisted;
    }

    /// <summary>
    /// Puts messages back on queue <c>appends</c>, from where a message of the inbox is handled as such. Stops after two minutes and returns what was done by
    /// then. Costs per message: one send, one read and one write each of its list row and its status row, and one delete; one read and one write more if its
    /// content is in a blob. If a call fails in between, the message is put back twice; the second copy is handled as a repeat.
    /// </summary>
    /// <param name="limit">The maximum number of messages.</param>
    /// <param name="reference">The ref of the only message to put back; null for the first <paramref name="limit"/> messages.</param>
    /// <param name="force">
    /// True: append the batches even if the log no longer shows whether they are appended already (<see cref="ErrorCode.KeyForgotten"/>).
    /// </param>
    /// <param name="cancellation">Stops between two messages.</param>
    /// <returns>The refs of the messages that were put back.</returns>
    public async Task<IReadOnlyList<string>> RedriveAsync(int limit, string? reference, bool force, CancellationToken cancellation)
    {
        IReadOnlyList<string> redriven = await VisitAsync(
            limit, reference, (queue, message, found) => PutBackAsync(queue, message, found, force, cancellation), cancellation);
        queued.Context.Logger.Redriven(redriven.Count);
        return redriven;
    }

    /// <summary>
    /// Deletes one message for good. Its list row is removed, and its batch, if it was posted, stays <c>poisoned</c> until its status expires. Costs one
    /// receive per 32 messages before it, one read and one write each of its list row and its status row, and one delete.
    /// </summary>
    /// <returns>False if the message is not on a poison queue, or another call holds it.</returns>
    public async Task<bool> DiscardAsync(string reference, CancellationToken cancellation)
    {
        IReadOnlyList<string> discarded = await VisitAsync(
            1, reference, (queue, message, found) => DiscardAsync(queue, message, found, cancellation), cancellation);
        if (discarded.Count == 0)
        {
            // An entry without a message: it was written before an attempt that the process survived, and could not be taken back.
            return await queued.Poison.FindAsync(reference, cancellation) is { Record.Code: PoisonRecord.Runtime, ETag: { } entry }
                && await queued.Poison.RemoveAsync(reference, entry, cancellation);
        }

        queued.Context.Logger.Discarded(reference);
        return true;
    }

    private async Task<IReadOnlyList<string>> VisitAsync(
        int limit, string? reference, Func<string, QueuedMessage, PoisonedMessage, Task> visit, CancellationToken cancellation)
    {
        List<string> visited = [];
        long started = queued.Context.Time.GetTimestamp();
        foreach (string queue in Queues)
        {
            if (visited.Count < limit && (reference is null || visited.Count == 0))
            {
                await VisitAsync(queue, limit, reference, visit, visited, () => queued.Context.Time.GetElapsedTime(started) < Budget, cancellation);
            }
        }

        return visited;
    }

    private async Task VisitAsync(
        string queue,
        int limit,
        string? reference,
        Func<string, QueuedMessage, PoisonedMessage, Task> visit,
        List<string> visited,
        Func<bool> inTime,
        CancellationToken cancellation)
    {
        List<QueuedMessage> others = [];
        bool isFound = false;
        while (visited.Count < limit && !isFound && inTime())
        {
            int wanted = reference is null ? Math.Min(PageSize, limit - visited.Count) : PageSize;
            IReadOnlyList<QueuedMessage> page = await queued.Queues.ReceiveAsync(queue + StorageNames.PoisonSuffix, wanted, Hold, cancellation);
            if (page.Count == 0)
            {
                break;
            }

            foreach (QueuedMessage message in page)
            {
                var found = PoisonedMessage.Of(queue, message);
                // A message can be poisoned again while this call runs. It keeps its ref, and the next call puts it back.
                if (reference is null ? visited.Contains(found.Record.Ref) : found.Record.Ref != reference)
                {
                    others.Add(message);
                    continue;
                }

                // Equal messages of one second share a ref: they are one entry of the list, and end together.
                await visit(queue, message, found);
                if (!isFound)
                {
                    visited.Add(found.Record.Ref);
                }

                isFound = reference is not null;
            }
        }

        // A message that is not released in time becomes visible again when its hold ends.
        foreach (QueuedMessage other in others.TakeWhile(_ => inTime()))
        {
            await queued.Queues.ExtendAsync(queue + StorageNames.PoisonSuffix, other.Receipt, TimeSpan.Zero, cancellation);
        }
    }

    private async Task PutBackAsync(string queue, QueuedMessage message, PoisonedMessage found, bool force, CancellationToken cancellation)
    {
        PoisonRecord record = found.Record;
        (PoisonRecord Record, string ETag)? entry = await queued.Poison.FindAsync(record.Ref, cancellation);
        DateTimeOffset since = entry?.Record.Enqueued ?? found.Identity.Enqueued ?? message.Enqueued - RuntimeTries;
        ReadOnlyMemory<byte> back = found.Packed is not { } packed
            ? await queued.Outbound.PackAsync(record with { Enqueued = since, IsForced = force }, message.Body, cancellation)
            : force ? PoisonRecord.Force(packed) : packed;
        await RenewAsync(found, cancellation);
        DateTimeOffset now = queued.Context.Time.GetUtcNow();
        // Another copy of the batch may have been appended: then the status stays.
        if (await queued.Statuses.FindUnfinishedAsync(found.Identity, now, cancellation) is { } known)
        {
            var status = new QueuedStatus(known.Id, AppendState.Queued, known.Stream, now) { Claim = known.Claim };
            await queued.Statuses.RecordAsync(status, cancellation);
        }

        await queued.Outbound.SendAgainAsync(StorageNames.AppendsQueue, back, TimeSpan.Zero, cancellation);
        await EndAsync(queue, message, record.Ref, entry?.ETag, cancellation);
    }

    private async Task DiscardAsync(string queue, QueuedMessage message, PoisonedMessage found, CancellationToken cancellation)
    {
        string? entry = (await queued.Poison.FindAsync(found.Record.Ref, cancellation))?.ETag;
        DateTimeOffset now = queued.Context.Time.GetUtcNow();
        if (await queued.Statuses.FindUnfinishedAsync(found.Identity, now, cancellation) is { } known)
        {
            var status = new QueuedStatus(known.Id, AppendState.Poisoned, known.Stream, now)
            {
                Code = known.Code ?? found.Record.Code,
                Reason = known.Reason ?? found.Record.Reason,
                Claim = known.Claim,
                IsDiscarded = true,
            };
            await queued.Statuses.RecordAsync(status, cancellation);
        }

        await EndAsync(queue, message, found.Record.Ref, entry, cancellation);
    }

    /// <summary>Removes only the entry that was read before the message was sent again: by now the message may have been given up again.</summary>
    private async Task EndAsync(string queue, QueuedMessage message, string reference, string? entry, CancellationToken cancellation)
    {
        if (entry is not null)
        {
            await queued.Poison.RemoveAsync(reference, entry, cancellation);
        }

        await queued.Queues.DeleteAsync(queue + StorageNames.PoisonSuffix, message.Receipt, cancellation);
    }

    /// <summary>The list row kept the message's blobs from being swept. From now on, their age does.</summary>
    private async Task RenewAsync(PoisonedMessage found, CancellationToken cancellation)
    {
        try
        {
            if (found.Identity is { Ref: { } name, ClaimBytes: { } bytes })
            {
                await queued.Claims.RenewAsync(ClaimBlobs.MessageName(name), bytes, cancellation);
            }
        }
        catch (HeadwaterException missing) when (MessageDispositions.Of(missing.Code) == MessageDisposition.Poison)
        {
            // The handler gives the message up again, with the same reason.
        }
    }
}
