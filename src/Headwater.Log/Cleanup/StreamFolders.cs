using Headwater.Log.Clock;
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
    private const int AtATime = 16;

    private readonly StreamStore _store = new(ports);

    /// <summary>Deletes the old folders of one name that do not belong to its current stream.</summary>
    /// <param name="name">The name.</param>
    /// <param name="slice">When it is over, the next cleanup deletes the rest; at least 16 blobs are deleted.</param>
    /// <param name="cancellation">Stops the calls.</param>
    /// <returns>What is left.</returns>
    public async Task<FolderRemains> SweepAsync(StreamName name, TimeSlice slice, CancellationToken cancellation)
    {
        List<string> folders = await ports.Blobs.ListAllFoldersAsync(BlobNames.NameFolder(name), cancellation);
        StoredStream? stored = await _store.ReadAsync(name, cancellation); // Read after the listing, which then has no folder of a stream created later.

        // The folder of a stream that is being deleted is not kept: an interrupted deletion is finished here.
        string? kept = stored is { Document.State: StreamDocument.Active } ? BlobNames.StreamFolder(name, stored.Document.StreamId) : null;
        FolderRemains remains = FolderRemains.None;
        foreach (string folder in folders.Where(f => f != kept))
        {
            FolderRemains more = await SweepFolderAsync(folder, slice, cancellation);
            remains = more > remains ? more : remains;
        }

        return remains;
    }

    /// <summary>The stream names of all top-level folders, whether or not the stream exists. Costs one folder listing per page.</summary>
    public async Task<IReadOnlyList<StreamName>> NamesAsync(CancellationToken cancellation)
    {
        List<string> folders = await ports.Blobs.ListAllFoldersAsync("", cancellation);
        return [.. folders.Select(f => StreamName.TryParse(f.TrimEnd('/'), out StreamName name) ? name : (StreamName?)null).OfType<StreamName>()];
    }

    private async Task<FolderRemains> SweepFolderAsync(string folder, TimeSlice slice, CancellationToken cancellation)
    {
        List<BlobItem> found = await ports.Blobs.ListAllAsync(folder, cancellation);
        DateTimeOffset before = ports.Clock.Now().ToDateTimeOffset() - age;
        if (found.Exists(b => b.LastModified > before))
        {
            return FolderRemains.Young;
        }

        BlobItem[][] chunks = [.. found.Chunk(AtATime)];
        for (int i = 0; i < chunks.Length; i++)
        {
            if (slice.IsOver && i > 0)
            {
                return FolderRemains.Old;
            }

            await Task.WhenAll(chunks[i].Select(async b => await ports.Blobs.DeleteAsync(b.Name, b.ETag, cancellation)));
        }

        return FolderRemains.None;
    }
}

/// <summary>What a cleanup left of the folders of a name.</summary>
internal enum FolderRemains
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A folder that was written to lately: it may belong to a stream that is being created.</summary>
    Young,

    /// <summary>Blobs that are old enough to be deleted: the slice ended.</summary>
    Old,
}
