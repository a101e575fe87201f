using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Parsing;
using Headwater.Log.Ports;
using Headwater.Queues.Handling;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;

namespace Headwater.Queues;

/// <summary>The two poison queues: what this app gave up with a reason, and what the runtime moved there, as it was, after too many failures.</summary>
public sealed class PoisonQueues(QueuedAppends queued)
{
    /// <summary>The code of messages that the runtime gave up.</summary>
    public const string RuntimeCode = "runtime";

    private const int PageSize = 32;

    /// <summary>The runtime copies a message without saying when it first came; its tries do not take longer than this.</summary>
    private static readonly TimeSpan RuntimeTries = TimeSpan.FromDays(1);

    /// <summary>Longer than any call of this lasts, or it would meet the same messages again.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(5);

    /// <summary>Nothing more is received after this; shorter than a request may take.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(2);

    private static readonly string[] Queues = [StorageNames.AppendsQueue, StorageNames.InboxQueue];

    /// <summary>Messages given up with a reason, in the order they were first enqueued. Costs one read.</summary>
    public Task<IReadOnlyList<PoisonEntry>> ListAsync(string? after, int limit, CancellationToken cancellation) => queued.Poison.ListAsync(after, limit, cancellation);

    /// <summary>What the runtime gave up, among the first 32 of each queue: no row speaks of it. Two calls.</summary>
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
                    unlisted.Add(new PoisonEntry(found.Record, Poisoning.Excerpt(message.Body.Span)));
                }
            }
        }

        return unlisted;
    }

    /// <summary>
    /// Puts messages back on their queues: for each a send, a read and a write of its row in the list and of its outcome's, a delete. What breaks off in between is put back twice, and the second is a
    /// repeat. Ends after two minutes with what was done until then.
    /// </summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="reference">Only this one; null: whichever come first.</param>
    /// <param name="cancellation">Stops in between.</param>
    /// <returns>Their refs.</returns>
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

        // What is not given back in time comes back by itself.
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
        await queued.Outbound.SendAgainAsync(queue, back, TimeSpan.Zero, cancellation);

        // Only the entry of before: the message may have been given up again already.
        if (entry is not null)
        {
            await queued.Poison.RemoveAsync(record.Ref, entry, cancellation);
        }

        await queued.Queues.DeleteAsync(queue + StorageNames.PoisonSuffix, message.Receipt, cancellation);
    }

    /// <summary>Batches of the inbox have no status, and another copy of this one may have been appended since.</summary>
    private async Task QueueAgainAsync(string id, CancellationToken cancellation)
    {
        if (await queued.Statuses.FindAsync(id, cancellation) is { State: not AppendState.Appended } known)
        {
            await queued.Statuses.RecordAsync(new QueuedStatus(id, AppendState.Queued, known.Stream, queued.Context.Time.GetUtcNow()) { Claim = known.Claim }, cancellation);
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
            // Not one of ours: as the runtime left it.
        }

        DateTimeOffset enqueued = message.Enqueued - RuntimeTries;
        var record = new PoisonRecord
        {
            Ref = PoisonRecord.RefOf(message.Body.Span, enqueued),
            Queue = queue,
            Code = RuntimeCode,
            Reason = "The host gave the message up: every try ended without an answer.",
            At = message.Enqueued,
            Enqueued = enqueued,
        };
        return new Found(record, false);
    }

    private readonly record struct Found(PoisonRecord Record, bool IsPacked);
}
