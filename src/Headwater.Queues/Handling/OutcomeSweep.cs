using Headwater.Log.Ports;
using Headwater.Queues.Stored;

namespace Headwater.Queues.Handling;

/// <param name="Statuses">Rows forgotten.</param>
/// <param name="Claims">Blobs deleted.</param>
/// <param name="Finished">False: out of time; the next sweep goes on.</param>
public sealed record SweepReport(int Statuses, int Claims, bool Finished);

/// <summary>
/// Forgets outcomes older than they are kept, day by day, and with each the blob of its events: only of batches known to be appended. Batches still queued keep theirs, and so do poisoned ones, which may be
/// put back. Safe when two run at once: rows go under their ETag, blobs before their row.
/// </summary>
public sealed class OutcomeSweep(QueuedStatuses statuses, PoisonList poison, IBlobs blobs, QueuedContext context)
{
    private const int PageSize = 100;

    private const int ListSize = 5_000;

    /// <summary>Days that are looked at again: a batch may have been taken long before its outcome came.</summary>
    private const int DaysBack = 30;

    /// <summary>One query a shard and day (480, and more for what is found), one listing of messages kept as blobs, one call for each blob (deletes are free) and one for every 100 rows.</summary>
    public async Task<SweepReport> SweepAsync(TimeSpan budget, CancellationToken cancellation)
    {
        long started = context.Time.GetTimestamp();
        bool InTime() => context.Time.GetElapsedTime(started) < budget;
        DateTimeOffset old = context.Time.GetUtcNow() - context.Options.OutcomeAge;
        (int rows, int claims) = (0, 0);
        for (long day = QueuedStatuses.DayOf(old); day > QueuedStatuses.DayOf(old) - DaysBack; day--)
        {
            for (int shard = 0; shard < QueuedStatuses.Shards; shard++)
            {
                if (!InTime())
                {
                    return new SweepReport(rows, claims, Finished: false);
                }

                (int forgotten, int deleted) = await SweepAsync(day, shard, old, InTime, cancellation);
                (rows, claims) = (rows + forgotten, claims + deleted);
            }
        }

        return new SweepReport(rows, claims + await SweepMessagesAsync(old - TimeSpan.FromDays(DaysBack), InTime, cancellation), InTime());
    }

    private async Task<(int Rows, int Claims)> SweepAsync(long day, int shard, DateTimeOffset old, Func<bool> inTime, CancellationToken cancellation)
    {
        (int rows, int claims) = (0, 0);
        string? after = null;
        while (inTime())
        {
            IReadOnlyList<(QueuedStatus Status, string ETag)> page = await statuses.ListAsync(day, shard, after, PageSize, cancellation);
            (QueuedStatus Status, string ETag)[] done = [.. page.Where(p => p.Status.State == AppendState.Appended && p.Status.At < old)];
            foreach ((QueuedStatus status, _) in done)
            {
                if (status.Claim is { } claim && await blobs.DeleteAsync(claim, null, cancellation))
                {
                    claims++;
                }
            }

            if (done.Length > 0 && await statuses.ForgetAsync(day, shard, done, cancellation))
            {
                rows += done.Length;
            }

            if (page.Count < PageSize)
            {
                break;
            }

            after = page[^1].Status.Id;
        }

        return (rows, claims);
    }

    /// <summary>Whole messages beside a queue: rewritten with every try while they wait, listed while they are poisoned.</summary>
    private async Task<int> SweepMessagesAsync(DateTimeOffset untouchedSince, Func<bool> inTime, CancellationToken cancellation)
    {
        int deleted = 0;
        string? continuation = null;
        do
        {
            BlobPage page = await blobs.ListAsync(ClaimBlobs.MessageFolder, continuation, ListSize, cancellation);
            foreach (BlobItem item in page.Items.Where(i => i.LastModified < untouchedSince))
            {
                if (await poison.FindAsync(item.Name[ClaimBlobs.MessageFolder.Length..], cancellation) is null && await blobs.DeleteAsync(item.Name, item.ETag, cancellation))
                {
                    deleted++;
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null && inTime());

        return deleted;
    }
}
