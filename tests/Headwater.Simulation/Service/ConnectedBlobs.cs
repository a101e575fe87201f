using Headwater.Log.Ports;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Service;

/// <summary>Blob storage as one instance sees it.</summary>
internal sealed class ConnectedBlobs(StorageConnection connection, StorageService service, Chance chance) : IBlobs
{
    private const int ShortPage = 5;

    /// <summary>The last append of events to each segment.</summary>
    private readonly Dictionary<string, Task> _appends = [];

    public ValueTask<bool> CreateAppendBlobAsync(string name, CancellationToken cancellation) =>
        Send(CallKind.Create, name, () => service.Create(name), cancellation);

    public ValueTask<AppendAnswer> AppendBlockAsync(string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        byte[] sent = data.ToArray(); // A caller that timed out may reuse its buffer.
        Task<AppendAnswer> append = connection.SendAsync(
            CallKind.Append,
            $"{name} at {condition.Position}, {sent.Length} bytes",
            () => service.Append(name, condition, sent),
            reason => new AppendAnswer(AppendStatus.Unknown, 0, null, reason),
            cancellation);
        if (condition.Position > 0)
        {
            if (_appends.TryGetValue(name, out Task? last) && !last.IsCompleted)
            {
                service.Watch.AppendedTwiceAtOnce(name);
            }

            _appends[name] = append;
        }

        return new ValueTask<AppendAnswer>(append);
    }

    public ValueTask<bool> SealAsync(string name, CancellationToken cancellation) =>
        Send(CallKind.Seal, name, () => service.Seal(name), cancellation);

    public ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation) =>
        Send(CallKind.Read, name, () => service.Read(name, position, maxBytes), cancellation);

    public ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation)
    {
        byte[] sent = content.ToArray();
        return Send(CallKind.Write, name, () => service.Write(name, sent, condition), cancellation);
    }

    public async ValueTask StageBlockAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        byte[] sent = data.ToArray();
        await Send(CallKind.Write, $"part of {name}", () => service.Stage(name, blockId, sent), cancellation);
    }

    public ValueTask<bool> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, CancellationToken cancellation) =>
        Send(CallKind.Write, name, () => service.Commit(name, blockIds), cancellation);

    public ValueTask<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellation) =>
        Send(CallKind.Delete, name, () => service.Delete(name, ifMatch), cancellation);

    public ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation)
    {
        int size = connection.Faults.ShortPages ? Math.Min(pageSize, chance.Between(1, ShortPage)) : pageSize;
        return Send(CallKind.List, prefix, () => service.List(prefix, continuation, size), cancellation);
    }

    public ValueTask<FolderPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellation) =>
        Send(CallKind.List, prefix, () => service.ListFolders(prefix, continuation), cancellation);

    public ValueTask<Uri> SignReadAsync(string name, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation) =>
        ValueTask.FromResult(new Uri("memory:///" + name));

    private ValueTask<T> Send<T>(CallKind kind, string name, Func<T> apply, CancellationToken cancellation) =>
        new(connection.SendAsync(kind, name, apply, reason => throw new StorageException(StorageFault.Unavailable, $"{kind} {name}: {reason}"), cancellation));
}
