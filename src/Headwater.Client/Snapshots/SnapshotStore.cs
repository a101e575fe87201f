namespace Headwater.Client;

/// <summary>Where snapshots of views are. Thread-safe.</summary>
public abstract class SnapshotStore
{
    /// <summary>Snapshots in a folder, which is made if it is not there. One process uses a folder at a time.</summary>
    public static SnapshotStore InFolder(string folder) => new FolderSnapshots(folder);

    /// <summary>The names of all whole snapshots that begin with a text.</summary>
    public abstract Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>Writes a snapshot so that it is listed only when it is whole and durable.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="write">Writes the bytes.</param>
    /// <param name="cancellation">Stops the write; the snapshot is then not listed.</param>
    public abstract Task WriteAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation);

    /// <summary>Opens a snapshot. The stream can seek.</summary>
    public abstract Task<Stream> OpenAsync(string name, CancellationToken cancellation);

    /// <summary>Deletes a snapshot, if it is there.</summary>
    public abstract Task DeleteAsync(string name, CancellationToken cancellation);
}

/// <summary>Snapshots in a folder: written to a temporary file, flushed to the disk, and renamed.</summary>
internal sealed class FolderSnapshots(string folder) : SnapshotStore
{
    private const string Temporary = ".writing";

    public override Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation)
    {
        IReadOnlyList<string> names = Directory.Exists(folder)
            ?
            [
                .. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f))
                    .Where(f => f.StartsWith(prefix, StringComparison.Ordinal) && !f.EndsWith(Temporary, StringComparison.Ordinal)),
            ]
            : [];
        return Task.FromResult(names);
    }

    public override async Task WriteAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        string whole = PathOf(name);
        string temporary = whole + Temporary;
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
        {
            await write(file, cancellation);
            await file.FlushAsync(cancellation);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, whole, overwrite: true);
    }

    public override Task<Stream> OpenAsync(string name, CancellationToken cancellation) =>
        Task.FromResult<Stream>(new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true));

    public override Task DeleteAsync(string name, CancellationToken cancellation)
    {
        File.Delete(PathOf(name));
        return Task.CompletedTask;
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
