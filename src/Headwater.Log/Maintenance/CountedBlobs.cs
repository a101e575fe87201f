using Headwater.Log.Ports;

namespace Headwater.Log.Maintenance;

/// <summary>Counts the storage calls of one piece of work. Thread-safe.</summary>
internal sealed class StorageTally
{
    private long _calls;

    public long Calls => Interlocked.Read(ref _calls);

    public void Add() => Interlocked.Increment(ref _calls);
}

/// <summary>Counts the calls to blobs. Signing a URL is not counted.</summary>
internal sealed class CountedBlobs(IBlobs inner, StorageTally tally) : IBlobs
{
    public ValueTask<bool> CreateAppendBlobAsync(string name, CancellationToken cancellation) => Counted().CreateAppendBlobAsync(name, cancellation);

    public ValueTask<AppendAnswer> AppendBlockAsync(string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        Counted().AppendBlockAsync(name, condition, data, cancellation);

    public ValueTask<bool> SealAsync(string name, CancellationToken cancellation) => Counted().SealAsync(name, cancellation);

    public ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation) =>
        Counted().ReadAsync(name, position, maxBytes, cancellation);

    public ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation) =>
        Counted().WriteAsync(name, content, condition, cancellation);

    public ValueTask StageBlockAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        Counted().StageBlockAsync(name, blockId, data, cancellation);

    public ValueTask<bool> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, CancellationToken cancellation) =>
        Counted().CommitBlocksAsync(name, blockIds, cancellation);

    public ValueTask<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellation) => Counted().DeleteAsync(name, ifMatch, cancellation);

    public ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation) =>
        Counted().ListAsync(prefix, continuation, pageSize, cancellation);

    public ValueTask<FolderPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellation) =>
        Counted().ListFoldersAsync(prefix, continuation, cancellation);

    public ValueTask<Uri> SignReadAsync(string name, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation) =>
        inner.SignReadAsync(name, now, expires, cancellation);

    private IBlobs Counted()
    {
        tally.Add();
        return inner;
    }
}
