using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Log.Streams;

namespace Headwater.Log.Cleanup;

/// <summary>
/// Deletes the remains of deleted streams: folders of stream ids that <c>stream.json</c> does not name. A folder is deleted only if its last write is at least
/// as old as the given age, which protects a stream that is being created. Costs one read and one folder listing per name, and one listing per folder; deletes
/// are free of charge.
/// </summary>
internal sealed class StreamFolders(LogPorts ports, TimeSpan age)
{
    private readonly StreamStore _store = new(ports);

    /// <summary>Deletes the old folders of one name that do not belong to its current stream.</summary>
    /// <returns>Number of blobs deleted.</returns>
    public async Task<int> SweepAsync(StreamName name, CancellationToken cancellation)
    {
        List<string> folders = await ports.Blobs.ListAllFoldersAsync(BlobNames.NameFolder(name), cancellation);
        StoredStream? stored = await _store.ReadAsync(name, cancellation); // Read after the listing, which then has no folder of a stream created later.

        // The folder of a stream that is being deleted is not kept: an interrupted deletion is finished here.
        string? kept = stored is { Document.State: StreamDocument.Active } ? BlobNames.StreamFolder(name, stored.Document.StreamId) : null;
        int deleted = 0;
        foreach (string folder in folders.Where(f => f != kept))
        {
            deleted += await SweepFolderAsync(folder, cancellation);
        }

        return deleted;
    }

    /// <summary>The stream names of all top-level folders, whether or not the stream exists. Costs one folder listing per page.</summary>
    public async Task<IReadOnlyList<StreamName>> NamesAsync(CancellationToken cancellation)
    {
        List<string> folders = await ports.Blobs.ListAllFoldersAsync("", cancellation);
        return [.. folders.Select(f => StreamName.TryParse(f.TrimEnd('/'), out StreamName name) ? name : (StreamName?)null).OfType<StreamName>()];
    }

    private async Task<int> SweepFolderAsync(string folder, CancellationToken cancellation)
    {
        List<BlobItem> found = await ports.Blobs.ListAllAsync(folder, cancellation);
        DateTimeOffset before = ports.Clock.Now().ToDateTimeOffset() - age;
        if (found.Exists(b => b.LastModified > before))
        {
            return 0;
        }

        foreach (BlobItem blob in found)
        {
            await ports.Blobs.DeleteAsync(blob.Name, blob.ETag, cancellation);
        }

        return found.Count;
    }
}
