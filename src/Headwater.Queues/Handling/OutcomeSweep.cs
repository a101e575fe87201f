using Headwater.Log.Ports;
using Headwater.Queues.Stored;

namespace Headwater.Queues.Handling;

/// <summary>What one sweep did.</summary>
/// <param name="Statuses">Status rows deleted.</param>
/// <param name="Claims">Blobs deleted.</param>
/// <param name="Finished">False if the time budget ran out; the next sweep continues.</param>
public sealed record SweepReport(int Statuses, int Claims, bool Finished);

/// <summary>
/// Deletes expired statuses of appended batches, day by day, together with the blobs of their events. Queued and poisoned batches keep their statuses and
/// blobs: they can still be appended.
/// Concurrent runs are safe: a row is deleted only under its ETag, and a blob is deleted before its row.
/// </summary>
public sealed class OutcomeSweep(QueuedStatuses statuses, PoisonList poison, IBlobs blobs, QueueContext context)
{
    private const int PageSize = 100;

    private const int ListSize = 5_000;

    /// <summary>How many days before the expiry date are checked again: a batch may be appended long after it was accepted.</summary>
    private const int DaysBack = 30;

    /// <summary>
    /// Runs one sweep. Costs one query per shard and day (480, plus one per 100 rows found), one listing of message blobs, one call per blob (deletes are
    /// free) and one call per 100 rows.
    /// </summary>
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

    /// <summary>
    /// Deletes message blobs that are no longer used. A waiting message rewrites its blob at every attempt, and a poisoned one has a row in the poison list.
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
}
