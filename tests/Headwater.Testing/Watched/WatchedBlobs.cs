using Headwater.Log.Ports;

namespace Headwater.Testing;

/// <summary>Blobs whose calls a <see cref="CallScript"/> records and decides.</summary>
public sealed class WatchedBlobs(IBlobs inner, CallScript script) : IBlobs
{
    public ValueTask<bool> CreateAppendBlobAsync(string name, CancellationToken cancellation) =>
        script.CarryOutAsync(script.Begin(StorageOperation.CreateAppendBlob, name), () => inner.CreateAppendBlobAsync(name, cancellation));

    public ValueTask<AppendAnswer> AppendBlockAsync(string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        StorageCall call = script.Begin(StorageOperation.AppendBlock, name, condition.Position, data.Length);

        // A call that is applied late must apply these bytes, although the caller may have reused its buffer by then.
        byte[] sent = data.ToArray();
        return script.CarryOutAsync(
            call, () => inner.AppendBlockAsync(name, condition, sent, cancellation), status => new AppendAnswer(status, 0, null, "scripted"));
    }

    public ValueTask<bool> SealAsync(string name, CancellationToken cancellation) =>
        script.CarryOutAsync(script.Begin(StorageOperation.Seal, name), () => inner.SealAsync(name, cancellation));

    public ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation)
    {
        StorageCall call = script.Begin(StorageOperation.Read, name, position);
        return script.CarryOutAsync(call, async () =>
        {
            BlobRead? read = await inner.ReadAsync(name, position, maxBytes, cancellation);
            call.Received = read?.Content.Length ?? 0;
            return read;
        });
    }

    public ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation)
    {
        StorageCall call = script.Begin(StorageOperation.Write, name, sent: content.Length);
        byte[] sent = content.ToArray();
        return script.CarryOutAsync(call, () => inner.WriteAsync(name, sent, condition, cancellation));
    }

    public async ValueTask StageBlockAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        StorageCall call = script.Begin(StorageOperation.StageBlock, name, sent: data.Length);
        byte[] sent = data.ToArray();
        await script.CarryOutAsync(call, async () =>
        {
            await inner.StageBlockAsync(name, blockId, sent, cancellation);
            return true;
        });
    }

    public ValueTask<bool> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, CancellationToken cancellation) =>
        script.CarryOutAsync(script.Begin(StorageOperation.CommitBlocks, name), () => inner.CommitBlocksAsync(name, blockIds, cancellation));

    public ValueTask<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellation) =>
        script.CarryOutAsync(script.Begin(StorageOperation.Delete, name), () => inner.DeleteAsync(name, ifMatch, cancellation));

    public ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation) =>
        script.CarryOutAsync(script.Begin(StorageOperation.List, prefix), () => inner.ListAsync(prefix, continuation, pageSize, cancellation));

    public ValueTask<FolderPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellation) =>
        script.CarryOutAsync(script.Begin(StorageOperation.ListFolders, prefix), () => inner.ListFoldersAsync(prefix, continuation, cancellation));

    public ValueTask<Uri> SignReadAsync(string name, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation) =>
        script.CarryOutAsync(script.Begin(StorageOperation.SignRead, name), () => inner.SignReadAsync(name, now, expires, cancellation));
}
