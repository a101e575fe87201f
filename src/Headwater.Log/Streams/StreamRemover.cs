using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Streams;

/// <summary>
/// Deletes a stream in steps anyone can finish: mark the document deleting, delete the blobs of its stream id, delete the document, remove the name.
/// Blobs are found under the stream id alone, so a stream re-created meanwhile loses nothing.
/// </summary>
internal sealed class StreamRemover(IBlobs blobs, StreamStore store, StreamNames names)
{
    private const int PageSize = 5_000;

    /// <param name="name">The stream's name.</param>
    /// <param name="stored">Its document.</param>
    /// <param name="condition">Must hold for each active version of the document that is to be marked.</param>
    /// <param name="cancellation">Stops the deletion, which anyone can finish.</param>
    public async Task RemoveAsync(StreamName name, StoredStream stored, StreamCondition condition, CancellationToken cancellation)
    {
        while (stored.Document.State == StreamDocument.Active)
        {
            condition(stored.Document.Describe(name));
            await store.WriteAsync(name, stored.Document with { State = StreamDocument.Deleting }, WriteCondition.IfUnchanged(stored.ETag), cancellation);
            StoredStream? now = await store.ReadAsync(name, cancellation);
            if (now is null || now.Document.StreamId != stored.Document.StreamId)
            {
                return; // Someone else deleted it, and perhaps created the next one.
            }

            stored = now;
        }

        await RemoveBlobsAsync(BlobNames.StreamFolder(name, stored.Document.StreamId), cancellation);
        ListedName? listed = await names.FindAsync(name, cancellation);
        if (await store.DeleteAsync(name, stored.ETag, cancellation) && listed is not null)
        {
            await ForgetNameAsync(listed, cancellation);
        }
    }

    /// <summary>Removes a name from the list, and puts it back if a stream of that name has been created meanwhile.</summary>
    /// <param name="name">As it was listed before its stream was found gone.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task ForgetNameAsync(ListedName name, CancellationToken cancellation)
    {
        await names.RemoveAsync(name, cancellation);
        if (StreamName.TryParse(name.Text, out StreamName stream) && await store.ReadAsync(stream, cancellation) is not null)
        {
            await names.AddAsync(stream, cancellation);
        }
    }

    public async Task RemoveBlobsAsync(string folder, CancellationToken cancellation)
    {
        BlobPage page;
        do
        {
            // From the start each time: what was listed is gone, so a continuation would skip.
            page = await blobs.ListAsync(folder, null, PageSize, cancellation);
            foreach (BlobItem item in page.Items)
            {
                await blobs.DeleteAsync(item.Name, null, cancellation);
            }
        }
        while (page.Items.Count > 0);
    }
}
