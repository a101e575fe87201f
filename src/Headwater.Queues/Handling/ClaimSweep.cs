using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Log.Streams;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;

namespace Headwater.Queues.Handling;

/// <summary>
/// Finds the blobs of posted batches that have no status row: the request failed between its blob and its message, or no process has handled the message yet.
/// Goes through the streams in the order of their names, and continues in the next sweep where the time budget ended.
/// </summary>
internal sealed class ClaimSweep(StreamCatalogue streams, QueuedStatuses statuses, LogPorts ports, AbandonedBatches abandoned)
{
    private const int StreamsPerPage = 100;

    private const int BlobsPerPage = 1_000;

    private const string After = "after";

    private static readonly RowId Cursor = new("sweep", "claims");

    /// <summary>
    /// Costs per stream one listing, and one read if its description is not cached; per blob that is older than the expiry date one read, and one or two writes
    /// if its batch is abandoned.
    /// </summary>
    /// <returns>Whether all streams were visited, by this sweep and those before it.</returns>
    public async Task<bool> SweepAsync(SweepRun run, CancellationToken cancellation)
    {
        string? begun = (await ports.Tables.GetAsync(StorageNames.AppendsTable, Cursor, cancellation))?.Text(After);
        string? after = string.IsNullOrEmpty(begun) ? null : begun;
        do
        {
            StreamPage page = await streams.ListAsync(after, StreamsPerPage, cancellation);
            foreach (StreamDescription stream in page.Streams)
            {
                if (!run.InTime())
                {
                    await KeepAsync(after ?? "", begun, cancellation);
                    return false;
                }

                await SweepAsync(stream, run, cancellation);
                after = stream.Name.Value;
            }

            after = page.Next;
        }
        while (after is not null);
        await KeepAsync("", begun, cancellation);
        return true;
    }

    /// <summary>Ids begin with their time, so the listing is ordered by age and ends at the first blob that is young.</summary>
    private async Task SweepAsync(StreamDescription stream, SweepRun run, CancellationToken cancellation)
    {
        string folder = BlobNames.QueuedBatch(stream.Name.Value, stream.StreamId, "");
        string? continuation = null;
        do
        {
            BlobPage page = await ports.Blobs.ListAsync(folder, continuation, BlobsPerPage, cancellation);
            foreach (string claim in page.Items.Select(i => i.Name))
            {
                string id = claim[folder.Length..];
                if (!TimedId.IsWellFormed(id))
                {
                    continue;
                }

                if (TimedId.TimeOf(id) >= run.Old || !run.InTime())
                {
                    return;
                }

                await VisitAsync(id, stream.Name.Value, claim, run, cancellation);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null && run.InTime());
    }

    private async Task VisitAsync(string id, string stream, string claim, SweepRun run, CancellationToken cancellation)
    {
        if (await statuses.FindRowAsync(id, cancellation) is { } row)
        {
            await abandoned.VisitAsync(row, run, cancellation);
        }
        else
        {
            await abandoned.SuspectAsync(id, stream, claim, run, cancellation);
        }
    }

    private async Task KeepAsync(string after, string? before, CancellationToken cancellation)
    {
        if (after != (before ?? ""))
        {
            var values = new Dictionary<string, object> { [After] = after };
            await ports.Tables.ApplyAsync(StorageNames.AppendsTable, Cursor.Partition, [new RowChange(RowChangeKind.Upsert, Cursor.Row, values)], cancellation);
        }
    }
}
