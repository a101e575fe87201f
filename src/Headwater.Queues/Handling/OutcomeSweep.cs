using Headwater.Log.Ports;
using Headwater.Log.Streams;
using Headwater.Queues.Stored;

namespace Headwater.Queues.Handling;

/// <summary>What one sweep did.</summary>
/// <param name="Statuses">Status rows of appended and discarded batches deleted.</param>
/// <param name="Claims">Blobs deleted.</param>
/// <param name="Finished">False if the time budget ran out; the next sweep continues.</param>
public sealed record SweepReport(int Statuses, int Claims, bool Finished)
{
    /// <summary>Status rows deleted of batches that are not on a queue: their request failed before its message was sent.</summary>
    public int Abandoned { get; init; }

    /// <summary>What failed. The next sweep retries it; the rest of the sweep was done.</summary>
    public IReadOnlyList<SweepFailure> Failures { get; init; } = [];
}

/// <summary>A piece of a sweep that failed.</summary>
/// <param name="What">The stream's name, or which piece.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record SweepFailure(string What, string Reason)
{
    /// <summary>The error, for logs, if it is a defect.</summary>
    public Exception? Defect { get; init; }
}

/// <summary>
/// Deletes expired statuses of appended and discarded batches, day by day, together with the blobs of their events. Poisoned batches keep their statuses and
/// blobs: they can still be appended. So do queued ones, unless they are abandoned (<see cref="AbandonedBatches"/>).
/// Concurrent runs are safe: a row is deleted only under its ETag. The blob of a batch that is done is deleted before its row; that of an abandoned batch after
/// its row, because only the row shows that the batch is not being handled.
/// </summary>
public sealed class OutcomeSweep
{
    private const int PageSize = 100;

    private const int ListSize = 5_000;

    /// <summary>How many days before the expiry date are checked again: a batch may be appended long after it was accepted.</summary>
    private const int DaysBack = 30;

    private readonly QueuedStatuses _statuses;
    private readonly PoisonList _poison;
    private readonly IBlobs _blobs;
    private readonly QueueContext _context;
    private readonly AbandonedBatches _abandoned;
    private readonly ClaimSweep _claims;

    /// <summary>Composes the sweep. Makes no storage call.</summary>
    /// <param name="streams">The streams whose batches may have left blobs.</param>
    /// <param name="ports">Hold rows and blobs.</param>
    /// <param name="queues">Show which batches have messages.</param>
    /// <param name="context">Clock and limits.</param>
    public OutcomeSweep(StreamCatalogue streams, LogPorts ports, IQueues queues, QueueContext context)
    {
        _statuses = new QueuedStatuses(ports.Tables);
        _poison = new PoisonList(ports.Tables);
        _blobs = ports.Blobs;
        _context = context;
        _abandoned = new AbandonedBatches(_statuses, ports.Blobs, queues);
        _claims = new ClaimSweep(streams, _statuses, ports, _abandoned);
    }

    /// <summary>
    /// Runs one sweep. Costs one query per shard and day (480, plus one per 100 rows found), one listing per stream and one of message blobs, two peeks, one
    /// call per blob (deletes are free), one call per 100 rows and two per abandoned row.
    /// </summary>
    public async Task<SweepReport> SweepAsync(TimeSpan budget, CancellationToken cancellation)
    {
        long started = _context.Time.GetTimestamp();
        bool InTime() => _context.Time.GetElapsedTime(started) < budget;
        DateTimeOffset now = _context.Time.GetUtcNow();
        // A row outlasts the time in which its id alone says "queued", also where clocks differ.
        DateTimeOffset old = now - _context.Options.OutcomeAge - (3 * _context.Options.ClockTolerance);
        var run = new SweepRun(now, old, await _abandoned.LookAsync(now, InTime, cancellation), InTime);

        // The messages first: their piece is the shortest, and the streams may take all the time of every sweep.
        bool isFinished = await run.TryAsync("messages", () => SweepMessagesAsync(run, cancellation), cancellation);
        isFinished &= await run.TryAsync("statuses", () => SweepStatusesAsync(run, cancellation), cancellation);
        isFinished &= InTime() && await run.TryAsync("streams", () => _claims.SweepAsync(run, cancellation), cancellation);
        return run.Report(isFinished);
    }

    private async Task<bool> SweepStatusesAsync(SweepRun run, CancellationToken cancellation)
    {
        long last = QueuedStatuses.DayOf(run.Old);
        for (long day = last; day > last - DaysBack; day--)
        {
            for (int shard = 0; shard < QueuedStatuses.Shards; shard++)
            {
                if (!run.InTime())
                {
                    return false;
                }

                await SweepAsync(day, shard, run, cancellation);
            }
        }

        return true;
    }

    private async Task SweepAsync(long day, int shard, SweepRun run, CancellationToken cancellation)
    {
        string? after = null;
        while (run.InTime())
        {
            IReadOnlyList<(QueuedStatus Status, string ETag)> page = await _statuses.ListAsync(day, shard, after, PageSize, cancellation);
            (QueuedStatus Status, string ETag)[] old = [.. page.Where(p => p.Status.At < run.Old)];
            (QueuedStatus Status, string ETag)[] done = [.. old.Where(p => p.Status.State == AppendState.Appended || p.Status.IsDiscarded)];
            foreach ((QueuedStatus status, _) in done)
            {
                await _abandoned.DeleteClaimAsync(status, run, cancellation);
            }

            if (done.Length > 0 && await _statuses.ForgetAsync(done, cancellation))
            {
                run.Statuses += done.Length;
            }

            foreach ((QueuedStatus Status, string ETag) queued in old.Where(p => p.Status.State == AppendState.Queued))
            {
                await _abandoned.VisitAsync(queued, run, cancellation);
            }

            if (page.Count < PageSize)
            {
                break;
            }

            after = page[^1].Status.Id;
        }
    }

    /// <summary>
    /// Deletes message blobs that are no longer used. The blob of a waiting batch is written again once a day, that of a message put back when it is put back,
    /// and a poisoned message has a row in the poison list.
    /// </summary>
    private async Task<bool> SweepMessagesAsync(SweepRun run, CancellationToken cancellation)
    {
        DateTimeOffset untouchedSince = run.Old - TimeSpan.FromDays(DaysBack);
        string? continuation = null;
        do
        {
            BlobPage page = await _blobs.ListAsync(ClaimBlobs.MessageFolder, continuation, ListSize, cancellation);
            foreach (BlobItem item in page.Items.Where(i => i.LastModified < untouchedSince))
            {
                if (await _poison.FindAsync(item.Name[ClaimBlobs.MessageFolder.Length..], cancellation) is null
                    && await _blobs.DeleteAsync(item.Name, item.ETag, cancellation))
                {
                    run.Claims++;
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null && run.InTime());

        return continuation is null;
    }
}
