using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Clock;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Streams;

/// <summary>
/// The blobs of one stream that is marked as deleting: first ends its partitions, so that no append can be acknowledged any more, then deletes everything.
/// Makes at most 16 calls at a time.
/// </summary>
internal sealed class StreamRemains(IBlobs blobs, StreamName name, StreamDocument document)
{
    private const int AtATime = 16;

    private const int PageSize = 5_000;

    private readonly string _folder = BlobNames.StreamFolder(name, document.StreamId);

    /// <summary>
    /// Ends every segment that accepts appends: seals it if it has events, else deletes it. A process that begins or resumes a segment reads the document
    /// after the segment's blob exists. Either it finds the mark, or this listing, which follows the mark, finds the blob. Costs one listing if the stream
    /// has at most 5,000 blobs, else one per partition and 5,000 blobs; and up to three calls per partition.
    /// </summary>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        BlobPage page = await blobs.ListAsync(_folder, null, PageSize, cancellation);
        if (page.Continuation is null)
        {
            await ManyAsync(OpenOf(page.Items), segment => CloseAsync(segment, cancellation));
            return;
        }

        await ManyAsync(Enumerable.Range(0, document.Partitions), async partition =>
        {
            string folder = BlobNames.PartitionFolder(name, document.StreamId, new PartitionId(partition));
            foreach (string segment in OpenOf(await blobs.ListAllAsync(folder, cancellation)))
            {
                await CloseAsync(segment, cancellation);
            }
        });
    }

    /// <summary>
    /// Deletes all blobs, those of a partition one after the other in the order of their names: until the last one, readers that still know the stream find it
    /// without a gap and with its true end. Costs one call per blob (deletes are free), one listing per 5,000 blobs and one that finds none.
    /// </summary>
    /// <returns>False if the slice ended first. At least one blob is deleted.</returns>
    public async Task<bool> DeleteAsync(TimeSlice slice, CancellationToken cancellation)
    {
        bool hasTime = true;

        // List from the start each time, until nothing is left, so that blobs created during the deletion are found too.
        for (BlobPage page; (page = await FirstAsync(cancellation)).Items.Count > 0;)
        {
            if (!hasTime)
            {
                return false;
            }

            foreach (BlobItem[][] folders in page.Items.GroupBy(FolderOf).Select(f => f.ToArray()).Chunk(AtATime))
            {
                if (!hasTime)
                {
                    return false;
                }

                bool[] areDone = await Task.WhenAll(folders.Select(f => DeleteAsync(f, slice, cancellation)));
                hasTime = !slice.IsOver;
                if (areDone.Contains(false))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private async Task<bool> DeleteAsync(BlobItem[] items, TimeSlice slice, CancellationToken cancellation)
    {
        for (int i = 0; i < items.Length; i++)
        {
            if (i > 0 && slice.IsOver)
            {
                return false;
            }

            await blobs.DeleteAsync(items[i].Name, null, cancellation);
        }

        return true;
    }

    /// <summary>The first page that is not empty; an empty one if no blob is left.</summary>
    private async Task<BlobPage> FirstAsync(CancellationToken cancellation)
    {
        BlobPage page = await blobs.ListAsync(_folder, null, PageSize, cancellation);
        while (page.Items.Count == 0 && page.Continuation is not null)
        {
            page = await blobs.ListAsync(_folder, page.Continuation, PageSize, cancellation);
        }

        return page;
    }

    private async Task CloseAsync(string segment, CancellationToken cancellation)
    {
        // A segment without events must not be sealed: processes that know the stream would find it corrupt. The delete fails if an event was appended
        // after the read.
        bool isClosed = false;
        while (!isClosed)
        {
            using BlobRead? read = await blobs.ReadAsync(segment, 0, 1, cancellation);
            isClosed = read is null or { Sealed: true }
                || (await HasEventsAsync(segment, cancellation)
                    ? await blobs.SealAsync(segment, cancellation)
                    : await blobs.DeleteAsync(segment, read.ETag, cancellation));
        }
    }

    private async Task<bool> HasEventsAsync(string segment, CancellationToken cancellation)
    {
        try
        {
            return await StoredHeader.ReadAsync(blobs, segment, cancellation) is { } stored && stored.SegmentLength > stored.Length;
        }
        catch (HeadwaterException corrupt) when (corrupt.Code == ErrorCode.CorruptSegment)
        {
            return true; // A damaged stream must be deletable.
        }
    }

    private static IEnumerable<string> OpenOf(IEnumerable<BlobItem> items) =>
        items.Select(SegmentFile.FromListing).OfType<SegmentFile>().Where(f => f is { Generation: 0, Sealed: false }).Select(f => f.Name);

    private static string FolderOf(BlobItem item) => item.Name[..item.Name.LastIndexOf('/')];

    private static async Task ManyAsync<T>(IEnumerable<T> items, Func<T, Task> work)
    {
        foreach (T[] some in items.Chunk(AtATime))
        {
            await Task.WhenAll(some.Select(work));
        }
    }
}
