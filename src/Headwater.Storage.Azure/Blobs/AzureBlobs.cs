using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Calling;
using Headwater.Storage.Azure.Errors;

namespace Headwater.Storage.Azure.Blobs;

/// <summary>
/// The blobs of one container. Unless it is declared as provisioned, a missing container reads as empty and the first write creates it.
/// Writes are sent once; reads are retried.
/// </summary>
internal sealed class AzureBlobs(BlobContainerClient container, BlobSigning signing, AzureCalls calls, bool provisioned) : IBlobs
{
    private readonly BlobReading _reading = new(calls);
    private readonly BlobListing _listing = new(container, calls);

    public async ValueTask<bool> CreateAppendBlobAsync(string name, CancellationToken cancellation)
    {
        AppendBlobClient blob = container.GetAppendBlobClient(name);
        AppendBlobCreateOptions absent = new() { Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All } };
        Answer<Response<BlobContentInfo>> answer = await WritingAsync(token => blob.CreateAsync(absent, token), 0, cancellation);
        return answer.Error switch
        {
            null => true,
            { Kind: AzureErrorKind.Exists or AzureErrorKind.ConditionNotMet } => false,
            { } error => throw error.ToException("Creating append blob", name),
        };
    }

    public async ValueTask<AppendAnswer> AppendBlockAsync(string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(condition.Position, nameof(condition));
        ArgumentOutOfRangeException.ThrowIfZero(data.Length, nameof(data));
        AppendBlobClient blob = container.GetAppendBlobClient(name);
        AppendBlobRequestConditions conditions = new()
        {
            IfAppendPositionEqual = condition.Position,
            IfMatch = condition.ETag is { } tag ? new ETag(tag) : null,
        };
        AppendBlobAppendBlockOptions there = new() { Conditions = conditions };
        Answer<Response<BlobAppendInfo>> answer = await calls.OnceAsync(
            async token =>
            {
                await using Stream content = BinaryData.FromBytes(data).ToStream();
                return await blob.AppendBlockAsync(content, there, token);
            },
            data.Length,
            cancellation);
        if (answer.Error is not { } error)
        {
            Response<BlobAppendInfo> stored = answer.Value!;
            return new AppendAnswer(AppendStatus.Appended, stored.Value.BlobCommittedBlockCount, stored.GetRawResponse().Headers.Date);
        }

        return HomeFault(error) is null && AzureErrors.AppendStatusOf(error, condition.ETag is not null) is { } status
            ? new AppendAnswer(status, 0, error.Date, error.Reason)
            : throw error.ToException("Appending to blob", name);
    }

    public async ValueTask<bool> SealAsync(string name, CancellationToken cancellation)
    {
        AppendBlobClient blob = container.GetAppendBlobClient(name);
        Answer<Response<BlobInfo>> answer = await calls.OnceAsync(token => blob.SealAsync(cancellationToken: token), cancellation);
        return answer.Error switch
        {
            null or { Kind: AzureErrorKind.Sealed } => true,
            { } error when IsAbsent(error) => false,
            { } error => throw error.ToException("Sealing blob", name),
        };
    }

    public async ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        Answer<BlobRead> answer = await _reading.ReadAsync(container.GetBlobClient(name), position, maxBytes, cancellation);
        return answer.Error switch
        {
            null => answer.Value,
            { } error when IsAbsent(error) => null,
            { } error => throw error.ToException("Reading blob", name),
        };
    }

    public async ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation)
    {
        BlobRequestConditions? conditions = ConditionsOf(condition);
        Answer<Response<BlobContentInfo>> answer = content.Length <= BlockWrite.WholeMax
            ? await WritingAsync(token => BlockWrite.WholeAsync(container.GetBlockBlobClient(name), content, conditions, token), content.Length, cancellation)
            : await WriteInBlocksAsync(name, content, conditions, cancellation);
        return answer.Error switch
        {
            null => ETagText.Of(answer.Value!.Value.ETag),
            { Kind: AzureErrorKind.Exists or AzureErrorKind.ConditionNotMet or AzureErrorKind.Missing or AzureErrorKind.BlockMissing }
                when conditions is not null => null,
            { Kind: AzureErrorKind.BlockMissing } =>
                throw new StorageException(StorageFault.Unavailable, $"Another process wrote blob {name} at the same time."),
            { } error => throw error.ToException("Writing blob", name),
        };
    }

    public async ValueTask StageBlockAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(data.Length, nameof(data));
        if ((await StageAsync(name, blockId, data, cancellation)).Error is { } error)
        {
            throw error.ToException("Staging a block of", name);
        }
    }

    public async ValueTask<bool> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, CancellationToken cancellation)
    {
        BlockBlobClient blob = container.GetBlockBlobClient(name);
        CommitBlockListOptions absent = new() { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
        Answer<Response<BlobContentInfo>> answer = await calls.OnceAsync(token => blob.CommitBlockListAsync(blockIds, absent, token), cancellation);
        return answer.Error switch
        {
            null => true,
            { Kind: AzureErrorKind.Exists or AzureErrorKind.ConditionNotMet or AzureErrorKind.BlockMissing } => false,
            { } error => throw error.ToException("Committing blocks of", name),
        };
    }

    public async ValueTask<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellation)
    {
        BlobClient blob = container.GetBlobClient(name);
        BlobRequestConditions? conditions = ifMatch is null ? null : new() { IfMatch = new ETag(ifMatch) };
        Answer<Response> answer = await calls.OnceAsync(
            token => blob.DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, conditions, token), cancellation);
        return answer.Error switch
        {
            null => true,
            { Kind: AzureErrorKind.ConditionNotMet } => false,
            { } error when IsAbsent(error) => false,
            { } error => throw error.ToException("Deleting blob", name),
        };
    }

    public async ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, 5_000);
        Answer<BlobPage> answer = await _listing.BlobsAsync(prefix, continuation, pageSize, cancellation);
        return answer.Error switch
        {
            null => answer.Value!,
            { } error when IsAbsent(error) => new BlobPage([], null),
            { } error => throw error.ToException("Listing blobs under", prefix),
        };
    }

    public async ValueTask<FolderPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellation)
    {
        Answer<FolderPage> answer = await _listing.FoldersAsync(prefix, continuation, cancellation);
        return answer.Error switch
        {
            null => answer.Value!,
            { } error when IsAbsent(error) => new FolderPage([], null),
            { } error => throw error.ToException("Listing folders under", prefix),
        };
    }

    public ValueTask<Uri> SignReadAsync(string name, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation) =>
        signing.SignReadAsync(name, now, expires, cancellation);

    /// <summary>Stages the blocks, of which none is visible, and commits them under the condition. Each call is sent once.</summary>
    private async ValueTask<Answer<Response<BlobContentInfo>>> WriteInBlocksAsync(
        string name, ReadOnlyMemory<byte> content, BlobRequestConditions? conditions, CancellationToken cancellation)
    {
        List<string> ids = [];
        foreach ((string id, ReadOnlyMemory<byte> block) in BlockWrite.Split(content))
        {
            if ((await StageAsync(name, id, block, cancellation)).Error is { } error)
            {
                return new Answer<Response<BlobContentInfo>>(default, error);
            }

            ids.Add(id);
        }

        CommitBlockListOptions options = new() { Conditions = conditions };
        return await calls.OnceAsync(token => container.GetBlockBlobClient(name).CommitBlockListAsync(ids, options, token), cancellation);
    }

    private ValueTask<Answer<Response<BlockInfo>>> StageAsync(string name, string id, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        WritingAsync(token => BlockWrite.StageAsync(container.GetBlockBlobClient(name), id, data, token), data.Length, cancellation);

    // A call to a missing container writes nothing, so a second attempt after creating the container is still a single write.
    private async ValueTask<Answer<T>> WritingAsync<T>(Func<CancellationToken, Task<T>> call, int bytes, CancellationToken cancellation)
    {
        Answer<T> answer = await calls.OnceAsync(call, bytes, cancellation);
        if (provisioned || answer.Error is not { Kind: AzureErrorKind.HomeMissing })
        {
            return answer;
        }

        Answer<Response<BlobContainerInfo>> made = await calls.OnceAsync(token => container.CreateAsync(cancellationToken: token), cancellation);
        return made.Error is null or { Kind: AzureErrorKind.Exists }
            ? await calls.OnceAsync(call, bytes, cancellation)
            : new Answer<T>(default, made.Error);
    }

    private static BlobRequestConditions? ConditionsOf(WriteCondition condition) => condition.IfMatch switch
    {
        null => new BlobRequestConditions { IfNoneMatch = ETag.All },
        "*" => null,
        { } etag => new BlobRequestConditions { IfMatch = new ETag(etag) },
    };

    private bool IsAbsent(AzureError error) => error.Kind is AzureErrorKind.Missing || (error.Kind is AzureErrorKind.HomeMissing && !provisioned);

    private AzureError? HomeFault(AzureError error) => error.Kind is AzureErrorKind.HomeMissing && provisioned ? error : null;
}
