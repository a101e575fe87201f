using Headwater.Contracts.Errors;
using Headwater.Log.Errors;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Log.Streams;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;

namespace Headwater.Queues.Handling;

/// <summary>
/// Finds the blobs of posted batches that have no status row: the request failed between its blob and its message, or no process has handled the message yet.
/// Goes through the streams in the order of their names. The next sweep continues where the time budget ended, also inside a stream. A stream that fails does
/// not stop the others.
/// </summary>
internal sealed class ClaimSweep(StreamCatalogue streams, QueuedStatuses statuses, LogPorts ports, AbandonedBatches abandoned)
{
    private const int StreamsPerPage = 100;

    private const int BlobsPerPage = 1_000;

    private const string After = "after";

    private const string Inside = "inside";

    private static readonly RowId Cursor = new("sweep", "claims");

    /// <summary>
    /// Costs per stream one listing, and one read if its description is not cached; per blob that is older than the expiry date one read, and one or two writes
    /// if its batch is abandoned.
    /// </summary>
    /// <returns>Whether all streams were visited, by this sweep and those before it.</returns>
    public async Task<bool> SweepAsync(SweepRun run, CancellationToken cancellation)
    {
        TableRow? row = await ports.Tables.GetAsync(StorageNames.AppendsTable, Cursor, cancellation);
        ClaimPlace begun = new(row?.Text(After) ?? "", row?.Text(Inside) ?? "");
        ClaimPlace place = begun;
        IReadOnlyList<string> names;
        do
        {
            names = await streams.ListNamesAsync(place.After.Length == 0 ? null : place.After, StreamsPerPage, cancellation);
            foreach (string name in names)
            {
                string? left = run.InTime() ? await TrySweepAsync(name, place.InsideOf(name), run, cancellation) : place.InsideOf(name);
                if (left is not null)
                {
                    await KeepAsync(new ClaimPlace(place.After, name + ClaimPlace.Separator + left), begun, cancellation);
                    return false;
                }

                place = new ClaimPlace(name, "");
            }
        }
        while (names.Count == StreamsPerPage);
        await KeepAsync(new ClaimPlace("", ""), begun, cancellation);
        return true;
    }

    /// <returns>The id after which the next sweep continues inside the stream; null if the stream is done.</returns>
    private async Task<string?> TrySweepAsync(string name, string inside, SweepRun run, CancellationToken cancellation)
    {
        try
        {
            return StreamName.TryParse(name, out StreamName stream)
                ? await SweepAsync(await streams.GetAsync(stream, cancellation), inside, run, cancellation)
                : null;
        }
        catch (HeadwaterException gone) when (gone.Code == ErrorCode.StreamNotFound)
        {
            return null; // A name can be listed without a stream.
        }
        catch (Exception error) when (ErrorBoundary.Contains(error, cancellation))
        {
            run.Failed(name, error);
            return null;
        }
    }

    /// <summary>Ids begin with their time, so the listing is ordered by age and ends at the first blob that is young.</summary>
    private async Task<string?> SweepAsync(StreamDescription stream, string inside, SweepRun run, CancellationToken cancellation)
    {
        string folder = BlobNames.QueuedBatch(stream.Name.Value, stream.StreamId, "");
        string? continuation = null;
        string last = inside;
        do
        {
            BlobPage page = await ports.Blobs.ListAsync(folder, continuation, BlobsPerPage, cancellation);
            foreach (string claim in page.Items.Select(i => i.Name))
            {
                string id = claim[folder.Length..];
                if (!TimedId.IsWellFormed(id) || string.CompareOrdinal(id, inside) <= 0)
                {
                    continue;
                }

                if (TimedId.TimeOf(id) >= run.Old)
                {
                    return null;
                }

                if (!run.InTime() && last != inside)
                {
                    return last;
                }

                await VisitAsync(id, stream.Name.Value, claim, run, cancellation);
                last = id;
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
        return null;
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

    private async Task KeepAsync(ClaimPlace place, ClaimPlace before, CancellationToken cancellation)
    {
        if (place != before)
        {
            var values = new Dictionary<string, object> { [After] = place.After, [Inside] = place.Inside };
            await ports.Tables.ApplyAsync(StorageNames.AppendsTable, Cursor.Partition, [new RowChange(RowChangeKind.Upsert, Cursor.Row, values)], cancellation);
        }
    }

    /// <param name="After">The last stream that is done; empty if none is.</param>
    /// <param name="Inside">The next stream and its last batch that is done; empty if none is.</param>
    private readonly record struct ClaimPlace(string After, string Inside)
    {
        /// <summary>No stream's name has it.</summary>
        public const char Separator = '!';

        /// <summary>The last batch of a stream that is done. The stream in which the sweep stopped may be gone.</summary>
        public string InsideOf(string name) => Inside.StartsWith(name + Separator, StringComparison.Ordinal) ? Inside[(name.Length + 1)..] : "";
    }
}
