using Headwater.Log.Ports;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;

namespace Headwater.Queues.Handling;

/// <summary>
/// Decides which batches have no message: their request failed after it wrote a blob. A queue cannot be asked for a message, so two sweeps at least
/// <see cref="SuspicionAge"/> apart must find the same row unchanged since the expiry date while the queue holds no old message. A batch that waits has its row
/// written once a day, a batch that is put back when it is put back, and a poisoned batch is not queued.
/// </summary>
internal sealed class AbandonedBatches(QueuedStatuses statuses, IBlobs blobs, IQueues queues)
{
    private const int PageSize = 32;

    /// <summary>The most poisoned messages that one sweep receives. While there are more, no batch counts as abandoned.</summary>
    private const int MaxPoisoned = 4_096;

    private const string Poison = StorageNames.AppendsQueue + StorageNames.PoisonSuffix;

    /// <summary>How long received messages stay hidden. A call to put them back finds them afterwards.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The least time between the sweep that suspects a batch and the one that deletes it: every message on the queue is handled in between.
    /// </summary>
    private static readonly TimeSpan SuspicionAge = TimeSpan.FromHours(48);

    /// <summary>A queue whose oldest visible message is older than this is not being handled.</summary>
    private static readonly TimeSpan Backlog = TimeSpan.FromDays(1);

    /// <summary>
    /// Looks at the queues. Records as poisoned what the host gave up before a last attempt reached this app. Costs two peeks; one receive per 32 messages if
    /// 32 or more are poisoned, which hides them for <see cref="Hold"/>; and one read and one write per message that the host gave up.
    /// </summary>
    public async Task<QueueSight> LookAsync(DateTimeOffset now, Func<bool> inTime, CancellationToken cancellation)
    {
        IReadOnlyList<QueuedMessage> waiting = await queues.PeekAsync(StorageNames.AppendsQueue, PageSize, cancellation);
        IReadOnlyList<QueuedMessage> page = await queues.PeekAsync(Poison, PageSize, cancellation);
        bool isWhole = page.Count < PageSize;
        var ids = new HashSet<string>(StringComparer.Ordinal);
        if (isWhole)
        {
            await VisitAsync(page, ids, now, cancellation);
        }

        for (int seen = 0; !isWhole && seen < MaxPoisoned && inTime(); seen += page.Count)
        {
            page = await queues.ReceiveAsync(Poison, PageSize, Hold, cancellation);
            await VisitAsync(page, ids, now, cancellation);
            isWhole = page.Count == 0; // Fewer than 32 may be answered while more are left.
        }

        return new QueueSight(isWhole && waiting.All(m => m.Enqueued > now - Backlog), ids);
    }

    private async Task VisitAsync(IReadOnlyList<QueuedMessage> poisoned, HashSet<string> ids, DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (QueuedMessage message in poisoned)
        {
            var found = PoisonedMessage.Of(StorageNames.AppendsQueue, message);
            if (found.Identity.Id is { } id)
            {
                ids.Add(id);
            }

            if (found.IsRuntime)
            {
                await statuses.GiveUpAsync(found.Identity, found.Record, now, cancellation);
            }
        }
    }

    /// <summary>Suspects a batch that is queued since before the expiry date, or deletes its row and then its blob. Costs up to two calls.</summary>
    public async Task VisitAsync((QueuedStatus Status, string ETag) row, SweepRun run, CancellationToken cancellation)
    {
        QueuedStatus status = row.Status;
        if (!run.Queues.IsHandled || run.Queues.Poisoned.Contains(status.Id) || status.State != AppendState.Queued || status.At >= run.Old)
        {
            return;
        }

        if (status.SuspectedAt is not { } suspected)
        {
            await statuses.ReplaceAsync(status with { SuspectedAt = run.Now }, row.ETag, cancellation);
        }
        else if (run.Now - suspected >= SuspicionAge && await statuses.ForgetAsync([row], cancellation))
        {
            run.Abandoned++;
            await DeleteClaimAsync(status, run, cancellation);
        }
    }

    /// <summary>Suspects the batch of a blob without a row: the row that this writes is visited like any other. Costs one write.</summary>
    public async Task SuspectAsync(string id, string stream, string claim, SweepRun run, CancellationToken cancellation)
    {
        if (run.Queues.IsHandled && !run.Queues.Poisoned.Contains(id))
        {
            var status = new QueuedStatus(id, AppendState.Queued, stream, TimedId.TimeOf(id)) { Claim = claim, SuspectedAt = run.Now };
            await statuses.InsertAsync(status, cancellation);
        }
    }

    /// <summary>Deletes the blob of a batch, if it has one. Costs one call.</summary>
    public async Task DeleteClaimAsync(QueuedStatus status, SweepRun run, CancellationToken cancellation)
    {
        if (status.Claim is { } claim && await blobs.DeleteAsync(claim, null, cancellation))
        {
            run.Claims++;
        }
    }
}
