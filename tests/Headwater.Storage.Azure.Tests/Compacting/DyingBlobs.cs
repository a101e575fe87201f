using Headwater.Log.Ports;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>The blobs of a process that is killed after a given number of calls: every later call throws and never reaches storage.</summary>
internal sealed class DyingBlobs(IBlobs inner, int calls) : IBlobs
{
    private int _made;

    /// <summary>Calls made, including those after the kill.</summary>
    public int Made => _made;

    public ValueTask<bool> CreateAppendBlobAsync(string name, CancellationToken cancellation) => Alive().CreateAppendBlobAsync(name, cancellation);

    public ValueTask<AppendAnswer> AppendBlockAsync(string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        Alive().AppendBlockAsync(name, condition, data, cancellation);

    public ValueTask<bool> SealAsync(string name, CancellationToken cancellation) => Alive().SealAsync(name, cancellation);

    public ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation) =>
        Alive().ReadAsync(name, position, maxBytes, cancellation);

    public ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation) =>
        Alive().WriteAsync(name, content, condition, cancellation);

    public ValueTask StageBlockAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        Alive().StageBlockAsync(name, blockId, data, cancellation);

    public ValueTask<bool> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, CancellationToken cancellation) =>
        Alive().CommitBlocksAsync(name, blockIds, cancellation);

    public ValueTask<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellation) => Alive().DeleteAsync(name, ifMatch, cancellation);

    public ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation) =>
        Alive().ListAsync(prefix, continuation, pageSize, cancellation);

    public ValueTask<FolderPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellation) =>
        Alive().ListFoldersAsync(prefix, continuation, cancellation);

    public ValueTask<Uri> SignReadAsync(string name, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation) =>
        inner.SignReadAsync(name, now, expires, cancellation);

    private IBlobs Alive() => _made++ < calls ? inner : throw new KilledException();
}

internal sealed class KilledException() : Exception("Killed.");
