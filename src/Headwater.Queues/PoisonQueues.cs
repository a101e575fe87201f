using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Parsing;
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
    /// <summary>The code listed for messages that the runtime gave up.</summary>
    public const string RuntimeCode = "runtime";

    private const int PageSize = 32;

    /// <summary>The runtime copies a message without its first enqueue time. All attempts of one message end within this time.</summary>
    private static readonly TimeSpan RuntimeTries = TimeSpan.FromDays(1);

    /// <summary>How long received messages stay hidden. Must exceed <see cref="Budget"/>, or one call would receive the same message twice.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(5);

    /// <summary>A call receives no more messages after this time. Must be below the 230 s limit of an HTTP request.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(2);

    private static readonly string[] Queues = [StorageNames.AppendsQueue, StorageNames.InboxQueue];

    /// <summary>Lists messages that were given up with a reason, in the order of their first enqueue time. Costs one read.</summary>
    public Task<IReadOnlyList<PoisonEntry>> ListAsync(string? after, int limit, CancellationToken cancellation) =>
        queued.Poison.ListAsync(after, limit, cancellation);

    /// <summary>Lists messages that the runtime gave up, among the first 32 of each queue. They have no row in the list. Costs two calls.</summary>
    public async Task<IReadOnlyList<PoisonEntry>> UnlistedAsync(CancellationToken cancellation)
    {
        List<PoisonEntry> unlisted = [];
        foreach (string queue in Queues)
        {
            foreach (QueuedMessage message in await queued.Queues.PeekAsync(queue + StorageNames.PoisonSuffix, PageSize, cancellation))
            {
                Found found = Look(queue, message);
                if (!found.IsPacked || found.Record.Code == PoisonRecord.Waiting)
                {
                    unlisted.Add(new PoisonEntry(found.Record, PoisonWriter.Excerpt(message.Body.Span)));
                }
            }
        }

        return unlisted;
    }

    /// <summary>
    /// Puts messages back on queue <c>appends</c>, from where a message of the inbox is handled as such. Stops after two minutes and returns what was done by then. Costs per message: one send, one read and one write
    /// each of its list row and its status row,
    /// and one delete. If a call fails in between, the message is put back twice; the second copy is handled as a repeat.
    /// </summary>
    /// <param name="limit">The maximum number of messages.</param>
    /// <param name="reference">The ref of the only message to put back; null for the first <paramref name="limit"/> messages.</param>
    /// <param name="cancellation">Stops between two messages.</param>
    /// <returns>The refs of the messages that were put back.</returns>
    public async Task<IReadOnlyList<string>> RedriveAsync(int limit, string? reference, CancellationToken cancellation)
    {
        List<string> redriven = [];
        long started = queued.Context.Time.GetTimestamp();
        foreach (string queue in Queues)
        {
            if (redriven.Count < limit && (reference is null || redriven.Count == 0))
            {
                await RedriveAsync(queue, limit, reference, redriven, () => queued.Context.Time.GetElapsedTime(started) < Budget, cancellation);
            }
        }

        queued.Context.Logger.Redriven(redriven.Count);
        return redriven;
    }

    private async Task RedriveAsync(string queue, int limit, string? reference, List<string> redriven, Func<bool> inTime, CancellationToken cancellation)
    {
        List<QueuedMessage> others = [];
        bool isFound = false;
        while (redriven.Count < limit && !isFound && inTime())
        {
            int wanted = reference is null ? Math.Min(PageSize, limit - redriven.Count) : PageSize;
            IReadOnlyList<QueuedMessage> page = await queued.Queues.ReceiveAsync(queue + StorageNames.PoisonSuffix, wanted, Hold, cancellation);
            if (page.Count == 0)
            {
                break;
            }

            foreach (QueuedMessage message in page)
            {
                Found found = Look(queue, message);
                if (reference is not null && found.Record.Ref != reference)
                {
                    others.Add(message);
                    continue;
                }

                await PutBackAsync(queue, message, found, cancellation);
                redriven.Add(found.Record.Ref);
                isFound = reference is not null;
            }
        }

        // A message that is not released in time becomes visible again when its hold ends.
        foreach (QueuedMessage other in others.TakeWhile(_ => inTime()))
        {
            await queued.Queues.ExtendAsync(queue + StorageNames.PoisonSuffix, other.Receipt, TimeSpan.Zero, cancellation);
        }
    }

    private async Task PutBackAsync(string queue, QueuedMessage message, Found found, CancellationToken cancellation)
    {
        PoisonRecord record = found.Record;
        ReadOnlyMemory<byte> back = found.IsPacked ? message.Body : await queued.Outbound.PackAsync(record, message.Body, cancellation);
        if (queue == StorageNames.AppendsQueue && record.Id is { } id && TimedId.IsWellFormed(id))
        {
            await QueueAgainAsync(id, cancellation);
        }

        string? entry = await queued.Poison.FindAsync(record.Ref, cancellation);
        await queued.Outbound.SendAgainAsync(StorageNames.AppendsQueue, back, TimeSpan.Zero, cancellation);

        // Removes only the entry that was read before the send: by now the message may have been given up again.
        if (entry is not null)
        {
            await queued.Poison.RemoveAsync(record.Ref, entry, cancellation);
        }

        await queued.Queues.DeleteAsync(queue + StorageNames.PoisonSuffix, message.Receipt, cancellation);
    }

    /// <summary>Sets the status back to queued, unless another copy of the batch has been appended. Inbox batches have no status.</summary>
    private async Task QueueAgainAsync(string id, CancellationToken cancellation)
    {
        if (await queued.Statuses.FindAsync(id, cancellation) is { State: not AppendState.Appended } known)
        {
            await queued.Statuses.RecordAsync(
                new QueuedStatus(id, AppendState.Queued, known.Stream, queued.Context.Time.GetUtcNow()) { Claim = known.Claim },
                cancellation);
        }
    }

    private static Found Look(string queue, QueuedMessage message)
    {
        try
        {
            using JsonDocument document = JsonBodies.Parse(message.Body);
            if (PoisonRecord.TryRead(document.RootElement) is { } packed)
            {
                return new Found(packed.Record with { Queue = queue }, true);
            }
        }
        catch (HeadwaterException)
        {
            // Not a poison record: the runtime moved this message.
        }

        DateTimeOffset enqueued = message.Enqueued - RuntimeTries;
        var record = new PoisonRecord
        {
            Ref = PoisonRecord.RefOf(message.Body.Span, enqueued),
            Queue = queue,
            Code = RuntimeCode,
            Reason = "The Functions host gave the message up: every attempt ended without a result.",
            At = message.Enqueued,
            Enqueued = enqueued,
        };
        return new Found(record, false);
    }

    private readonly record struct Found(PoisonRecord Record, bool IsPacked);
}
