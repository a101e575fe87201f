using Headwater.Log.Clock;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Streams;

/// <summary>
/// Deletes a stream in steps that any process can finish: mark the document as deleting, end the partitions, delete the blobs under the stream id, delete the
/// document, remove the name. Only blobs under the stream id are deleted, so a stream that is re-created with the same name loses nothing.
/// </summary>
internal sealed class StreamRemover(IBlobs blobs, StreamStore store, StreamNames names, DueMarks due)
{
    private const int PageSize = 5_000;

    /// <summary>
    /// Deletes a stream. When this returns, no append to the stream can be acknowledged any more, by any process; readers that still know the stream may see it
    /// until its blobs are deleted.
    /// </summary>
    /// <param name="name">The stream's name.</param>
    /// <param name="stored">Its document.</param>
    /// <param name="condition">Must hold for each active version of the document that is to be marked.</param>
    /// <param name="slice">When it is over, the rest is left to maintenance, which the mark of due work leads here.</param>
    /// <param name="cancellation">Stops the deletion, which anyone can finish.</param>
    public async Task RemoveAsync(StreamName name, StoredStream stored, StreamCondition condition, TimeSlice slice, CancellationToken cancellation)
    {
        for (bool isDue = false; stored.Document.State == StreamDocument.Active; isDue = true)
        {
            condition(stored.Document.Describe(name));
            if (!isDue)
            {
                await due.MarkAsync(name, stored.Document.StreamId, cancellation); // Before the document: a deletion that breaks off is due.
            }

            await store.WriteAsync(name, stored.Document with { State = StreamDocument.Deleting }, WriteCondition.IfUnchanged(stored.ETag), cancellation);
            StoredStream? now = await store.ReadAsync(name, cancellation);
            if (now is null || now.Document.StreamId != stored.Document.StreamId)
            {
                return; // Another process has deleted the stream, and may have created another of that name.
            }

            stored = now;
        }

        await new StreamRemains(blobs, name, stored.Document).CloseAsync(cancellation);
        await FinishAsync(name, stored, slice, cancellation);
    }

    /// <summary>Deletes the rest of a stream that is marked as deleting.</summary>
    /// <returns>False if the slice ended first; the next call continues.</returns>
    public async Task<bool> FinishAsync(StreamName name, StoredStream stored, TimeSlice slice, CancellationToken cancellation)
    {
        if (!await new StreamRemains(blobs, name, stored.Document).DeleteAsync(slice, cancellation))
        {
            return false;
        }

        ListedName? listed = await names.FindAsync(name, cancellation);
        if (await store.DeleteAsync(name, stored.ETag, cancellation) && listed is not null)
        {
            await ForgetNameAsync(listed, cancellation);
        }

        return true;
    }

    /// <summary>Removes a name whose stream does not exist, unless another process adds it again first. Costs one read, and the calls of a removal.</summary>
    public async Task ForgetNameAsync(StreamName name, CancellationToken cancellation)
    {
        if (await names.FindAsync(name, cancellation) is { } listed && await store.ReadAsync(name, cancellation) is null)
        {
            await ForgetNameAsync(listed, cancellation);
        }
    }

    /// <summary>
    /// Removes a name, and adds it again if a stream of that name has been created since. Costs one write and one read, and one more write to add it again.
    /// </summary>
    /// <param name="name">The name as read before its stream was found missing.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task ForgetNameAsync(ListedName name, CancellationToken cancellation)
    {
        await names.RemoveAsync(name, cancellation);
        if (StreamName.TryParse(name.Text, out StreamName stream) && await store.ReadAsync(stream, cancellation) is { } created)
        {
            await names.AddAsync(stream, created.Document.Partitions, cancellation);
        }
    }

    /// <summary>Deletes all blobs in a folder.</summary>
    public async Task RemoveBlobsAsync(string folder, CancellationToken cancellation)
    {
        BlobPage page;
        do
        {
            // List from the start each time, until nothing is left, so that blobs created during the deletion are found too.
            page = await blobs.ListAsync(folder, null, PageSize, cancellation);
            foreach (BlobItem item in page.Items)
            {
                await blobs.DeleteAsync(item.Name, null, cancellation);
            }
        }
        while (page.Items.Count > 0);
    }
}
