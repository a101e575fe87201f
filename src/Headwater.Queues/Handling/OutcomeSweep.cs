using Headwater.Log.Ports;
using Headwater.Queues.Stored;

namespace Headwater.Queues.Handling;

/// <summary>What one sweep did.</summary>
/// <param name="Statuses">Status rows of appended and discarded batches deleted.</param>
/// <param name="Claims">Blobs deleted.</param>
/// <param name="Finished">False if the time budget ran out; the next sweep continues.</param>
public sealed record SweepReport(int Statuses, int Claims, bool Finished)
{
    /// <summary>Status rows deleted of batches that are not on a queue: their request failed after its row was written.</summary>
    public int Abandoned { get; init; }
}

/// <summary>
/// Deletes expired statuses of appended and discarded batches, day by day, together with the blobs of their events. Poisoned batches keep their statuses and
/// blobs: they can still be appended. So do queued ones, unless two sweeps at least <see cref="SuspicionAge"/> apart find the same row unchanged since the
/// expiry date while the queue holds no old message: then there is no message, because a batch that waits has its row written once a day.
/// Concurrent runs are safe: a row is deleted only under its ETag. The blob of a batch that is done is deleted before its row; that of an abandoned batch after
/// its row, because only the row shows that the batch is not being handled.
/// </summary>
public sealed class OutcomeSweep(QueuedStatuses statuses, PoisonList poison, IBlobs blobs, IQueues queues, QueueContext context)
{
    private const int PageSize = 100;

    private const int ListSize = 5_000;

    private const int PeekSize = 32;

    /// <summary>How many days before the expiry date are checked again: a batch may be appended long after it was accepted.</summary>
    private const int DaysBack = 30;

    /// <summary>
    /// The least time between the sweep that suspects a queued row and the one that deletes it: every message on the queue is handled in between.
    /// </summary>
    private static readonly TimeSpan SuspicionAge = TimeSpan.FromHours(20);

    /// <summary>A queue whose oldest visible message is older than this is not being handled.</summary>
    private static readonly TimeSpan Backlog = TimeSpan.FromDays(1);

    /// <summary>
    /// Runs one sweep. Costs one query per shard and day (480, plus one per 100 rows found), one listing of message blobs, one peek, one call per blob (deletes
    /// are free), one call per 100 rows and two per abandoned row.
    /// </summary>
    public async Task<SweepReport> SweepAsync(TimeSpan budget, CancellationToken cancellation)
    {
        long started = context.Time.GetTimestamp();
        bool InTime() => context.Time.GetElapsedTime(started) < budget;
        DateTimeOffset now = context.Time.GetUtcNow();
        var run = new SweepRun(now - context.Options.OutcomeAge, await IsHandledAsync(now, cancellation) ? now : null, InTime);
        long last = QueuedStatuses.DayOf(run.Old);
        for (long day = last; day > last - DaysBack; day--)
        {
            for (int shard = 0; shard < QueuedStatuses.Shards; shard++)
            {
                if (!InTime())
                {
                    return run.Report(finished: false);
                }

                await SweepAsync(day, shard, run, cancellation);
            }
        }

        run.Claims += await SweepMessagesAsync(run.Old - TimeSpan.FromDays(DaysBack), InTime, cancellation);
        return run.Report(InTime());
    }

    private async Task SweepAsync(long day, int shard, SweepRun run, CancellationToken cancellation)
    {
        string? after = null;
        while (run.InTime())
        {
            IReadOnlyList<(QueuedStatus Status, string ETag)> page = await statuses.ListAsync(day, shard, after, PageSize, cancellation);
            (QueuedStatus Status, string ETag)[] old = [.. page.Where(p => p.Status.At < run.Old)];
            (QueuedStatus Status, string ETag)[] done = [.. old.Where(p => p.Status.State == AppendState.Appended || p.Status.IsDiscarded)];
            foreach ((QueuedStatus status, _) in done)
            {
                await DeleteClaimAsync(status, run, cancellation);
            }

            if (done.Length > 0 && await statuses.ForgetAsync(day, shard, done, cancellation))
            {
                run.Statuses += done.Length;
            }

            foreach ((QueuedStatus Status, string ETag) queued in old.Where(p => p.Status.State == AppendState.Queued))
            {
                await SweepQueuedAsync(day, shard, queued, run, cancellation);
            }

            if (page.Count < PageSize)
            {
                break;
            }

            after = page[^1].Status.Id;
        }
    }

    private async Task SweepQueuedAsync(long day, int shard, (QueuedStatus Status, string ETag) row, SweepRun run, CancellationToken cancellation)
    {
        if (run.HandledAt is not { } now)
        {
            return;
        }

        if (row.Status.SuspectedAt is not { } suspected)
        {
            await statuses.ReplaceAsync(row.Status with { SuspectedAt = now }, row.ETag, cancellation);
        }
        else if (now - suspected >= SuspicionAge && await statuses.ForgetAsync(day, shard, [row], cancellation))
        {
            run.Abandoned++;
            await DeleteClaimAsync(row.Status, run, cancellation);
        }
    }

    private async Task DeleteClaimAsync(QueuedStatus status, SweepRun run, CancellationToken cancellation)
    {
        if (status.Claim is { } claim && await blobs.DeleteAsync(claim, null, cancellation))
        {
            run.Claims++;
        }
    }

    private async Task<bool> IsHandledAsync(DateTimeOffset now, CancellationToken cancellation) =>
        (await queues.PeekAsync(StorageNames.AppendsQueue, PeekSize, cancellation)).All(m => m.Enqueued > now - Backlog);

    /// <summary>
    /// Deletes message blobs that are no longer used. The blob of a waiting batch is written again once a day, that of a message put back when it is put back,
    /// and a poisoned message has a row in the poison list.
    /// </summary>
    private async Task<int> SweepMessagesAsync(DateTimeOffset untouchedSince, Func<bool> inTime, CancellationToken cancellation)
    {
        int deleted = 0;
        string? continuation = null;
        do
        {
            BlobPage page = await blobs.ListAsync(ClaimBlobs.MessageFolder, continuation, ListSize, cancellation);
            foreach (BlobItem item in page.Items.Where(i => i.LastModified < untouchedSince))
            {
                if (await poison.FindAsync(item.Name[ClaimBlobs.MessageFolder.Length..], cancellation) is null
                    && await blobs.DeleteAsync(item.Name, item.ETag, cancellation))
                {
                    deleted++;
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null && inTime());

        return deleted;
    }

    /// <summary>Progress of one sweep.</summary>
    /// <param name="old">Statuses recorded before this time have expired.</param>
    /// <param name="handledAt">The time of the sweep; null if the queue is not being handled.</param>
    /// <param name="inTime">Whether the time budget lasts.</param>
    private sealed class SweepRun(DateTimeOffset old, DateTimeOffset? handledAt, Func<bool> inTime)
    {
        public DateTimeOffset Old { get; } = old;

        public DateTimeOffset? HandledAt { get; } = handledAt;

        public Func<bool> InTime { get; } = inTime;

        public int Statuses { get; set; }

        public int Claims { get; set; }

        public int Abandoned { get; set; }

        public SweepReport Report(bool finished) => new(Statuses, Claims, finished) { Abandoned = Abandoned };
    }
}
