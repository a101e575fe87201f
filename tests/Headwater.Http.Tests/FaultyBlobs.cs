using Headwater.Log.Ports;

namespace Headwater.Http.Tests;

/// <summary>Blobs whose faults a test switches on and off.</summary>
internal sealed class FaultyBlobs(IBlobs inner) : IBlobs
{
    public bool ReadsFail { get; set; }

    /// <summary>How reads and lists fail while <see cref="ReadsFail"/>; null if an adapter's defect makes them fail.</summary>
    public StorageFault? ReadFault { get; set; } = StorageFault.Unavailable;

    /// <summary>Appends are applied, but their answers are lost.</summary>
    public bool AppendAnswersAreLost { get; set; }

    /// <summary>Called before every append.</summary>
    public Action? Appending { get; set; }

    /// <summary>Called before every listing, with its prefix.</summary>
    public Action<string>? Listing { get; set; }

    /// <summary>Writes of whole blobs fail without being applied.</summary>
    public bool WritesFail { get; set; }

    /// <summary>A write of a blob whose name has this is applied, its answer lost, and sent again below the port.</summary>
    public string? WriteAnswersAreLost { get; set; }

    /// <summary>A write of a blob whose name has this finds a blob with other content.</summary>
    public string? WritesMeet { get; set; }

    /// <summary>Appends to blobs whose name contains this text fail without being applied.</summary>
    public string? AppendsFailAt { get; set; }

    public ValueTask<bool> CreateAppendBlobAsync(string name, CancellationToken cancellation) => inner.CreateAppendBlobAsync(name, cancellation);

    public async ValueTask<AppendAnswer> AppendBlockAsync(string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        Appending?.Invoke();
        if (AppendsFailAt is { } part && name.Contains(part, StringComparison.Ordinal))
        {
            throw new StorageException(StorageFault.Denied, $"append {name}");
        }

        AppendAnswer answer = await inner.AppendBlockAsync(name, condition, data, cancellation);
        return AppendAnswersAreLost ? new AppendAnswer(AppendStatus.Unknown, 0, null, "lost") : answer;
    }

    public ValueTask<bool> SealAsync(string name, CancellationToken cancellation) => inner.SealAsync(name, cancellation);

    public ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation) =>
        ReadsFail ? throw FaultOf($"read {name}") : inner.ReadAsync(name, position, maxBytes, cancellation);

    public async ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation)
    {
        if (WritesFail)
        {
            throw new StorageException(StorageFault.Denied, $"write {name}");
        }

        if (WritesMeet is { } met && name.Contains(met, StringComparison.Ordinal))
        {
            await inner.WriteAsync(name, "another"u8.ToArray(), WriteCondition.Always, cancellation);
        }

        if (WriteAnswersAreLost is { } lost && name.Contains(lost, StringComparison.Ordinal))
        {
            await inner.WriteAsync(name, content, condition, cancellation);
        }

        return await inner.WriteAsync(name, content, condition, cancellation);
    }

    public ValueTask StageBlockAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        inner.StageBlockAsync(name, blockId, data, cancellation);

    public ValueTask<bool> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, CancellationToken cancellation) =>
        inner.CommitBlocksAsync(name, blockIds, cancellation);

    public ValueTask<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellation) => inner.DeleteAsync(name, ifMatch, cancellation);

    public ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation)
    {
        Listing?.Invoke(prefix);
        return ReadsFail ? throw FaultOf($"list {prefix}") : inner.ListAsync(prefix, continuation, pageSize, cancellation);
    }

    public ValueTask<FolderPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellation) =>
        inner.ListFoldersAsync(prefix, continuation, cancellation);

    public ValueTask<Uri> SignReadAsync(string name, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation) =>
        inner.SignReadAsync(name, now, expires, cancellation);

    private Exception FaultOf(string call) => ReadFault is { } fault ? new StorageException(fault, call) : new InvalidOperationException(call);
}
