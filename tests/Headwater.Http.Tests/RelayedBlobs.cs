using Headwater.Log.Ports;

namespace Headwater.Http.Tests;

/// <summary>Passes every call on; a test overrides the one it is about.</summary>
internal abstract class RelayedBlobs(IBlobs inner) : IBlobs
{
    public virtual ValueTask<bool> CreateAppendBlobAsync(string name, CancellationToken cancellation) => inner.CreateAppendBlobAsync(name, cancellation);

    public virtual ValueTask<AppendAnswer> AppendBlockAsync(
        string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        inner.AppendBlockAsync(name, condition, data, cancellation);

    public virtual ValueTask<bool> SealAsync(string name, CancellationToken cancellation) => inner.SealAsync(name, cancellation);

    public virtual ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation) =>
        inner.ReadAsync(name, position, maxBytes, cancellation);

    public virtual ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation) =>
        inner.WriteAsync(name, content, condition, cancellation);

    public virtual ValueTask StageBlockAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        inner.StageBlockAsync(name, blockId, data, cancellation);

    public virtual ValueTask<bool> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, CancellationToken cancellation) =>
        inner.CommitBlocksAsync(name, blockIds, cancellation);

    public virtual ValueTask<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellation) => inner.DeleteAsync(name, ifMatch, cancellation);

    public virtual ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation) =>
        inner.ListAsync(prefix, continuation, pageSize, cancellation);

    public virtual ValueTask<FolderPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellation) =>
        inner.ListFoldersAsync(prefix, continuation, cancellation);

    public virtual ValueTask<Uri> SignReadAsync(string name, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation) =>
        inner.SignReadAsync(name, now, expires, cancellation);
}
