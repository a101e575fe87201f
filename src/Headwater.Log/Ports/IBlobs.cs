namespace Headwater.Log.Ports;

/// <summary>
/// The blobs of one container: the log itself. Names are full paths inside the container.
/// Every member is one storage call unless its documentation says otherwise. A port may retry reads and listings, but sends a call that changes data only
/// once. Every fault that is not listed as a result is thrown as <see cref="StorageException"/>.
/// </summary>
public interface IBlobs
{
    /// <summary>Creates an empty append blob unless one of that name exists (<c>If-None-Match: *</c>).</summary>
    /// <returns>False if a blob of that name exists (the service answers 409 or 412).</returns>
    ValueTask<bool> CreateAppendBlobAsync(string name, CancellationToken cancellation);

    /// <summary>
    /// Appends one block if the blob meets <paramref name="condition"/> (<c>x-ms-blob-condition-appendpos</c>, and <c>If-Match</c> if the condition has an
    /// ETag). Sent once, never retried.
    /// </summary>
    /// <returns>The service's answer; <see cref="AppendStatus.Unknown"/> whenever the call may have been applied. A fault that proves that nothing was
    /// stored (such as denied or rejected) is thrown.</returns>
    ValueTask<AppendAnswer> AppendBlockAsync(string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation);

    /// <summary>Seals an append blob. After a fault, only a read can tell whether the blob was sealed.</summary>
    /// <returns>True if the blob is sealed, including before this call; false if there is no such blob.</returns>
    ValueTask<bool> SealAsync(string name, CancellationToken cancellation);

    /// <summary>Reads at most <paramref name="maxBytes"/> from <paramref name="position"/>, and the state of the blob.</summary>
    /// <returns>Null if there is no such blob. If <paramref name="position"/> is at or past the end, empty content with the true length, which may cost a
    /// second call.</returns>
    ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation);

    /// <summary>
    /// Creates or replaces a whole block blob under a condition. A port may send large content in several calls; the content becomes visible at once.
    /// </summary>
    /// <returns>The new ETag; null if the condition did not hold and nothing was written.</returns>
    ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation);

    /// <summary>
    /// Stages one block of a block blob. The block is not visible until it is committed. The service discards uncommitted blocks after a week, and when
    /// any commit or write of the same blob leaves them out.
    /// </summary>
    /// <param name="name">The blob that the block is for; need not exist.</param>
    /// <param name="blockId">Base64, of equal length for all blocks of a blob. A block staged with the same id is replaced.</param>
    /// <param name="data">1 byte to 4,000 MiB.</param>
    /// <param name="cancellation">Stops waiting; the block may be staged all the same.</param>
    ValueTask StageBlockAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation);

    /// <summary>Creates a block blob from staged blocks, in the given order, unless a blob of that name exists (<c>If-None-Match: *</c>).</summary>
    /// <returns>False, and nothing is written, if a blob of that name exists or a block is no longer staged because another commit discarded it.</returns>
    ValueTask<bool> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, CancellationToken cancellation);

    /// <summary>Deletes a blob, if its ETag is <paramref name="ifMatch"/>; null deletes any version.</summary>
    /// <returns>False if the blob does not exist or has another ETag.</returns>
    ValueTask<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellation);

    /// <summary>
    /// Lists one page of the blobs whose names start with <paramref name="prefix"/>, in ordinal order of their names. Costs as much as a write.
    /// </summary>
    /// <param name="prefix">Empty for all blobs.</param>
    /// <param name="continuation">Null for the first page, then the previous page's <see cref="BlobPage.Continuation"/>.</param>
    /// <param name="pageSize">1 to 5,000.</param>
    /// <param name="cancellation">Stops waiting.</param>
    ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation);

    /// <summary>
    /// Lists one page of the folders directly under <paramref name="prefix"/>: each distinct name up to and including the next <c>/</c>. At most 5,000 a page.
    /// Costs as much as a write.
    /// </summary>
    ValueTask<FolderPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellation);

    /// <summary>
    /// Signs a URL that allows reading this one blob until <paramref name="expires"/>, and nothing else. No storage call with an account key; otherwise one
    /// per hour for a delegation key. The blob need not exist.
    /// </summary>
    /// <param name="name">The blob.</param>
    /// <param name="now">The time by the service's clock, which judges both times; the host's wall clock plays no part.</param>
    /// <param name="expires">When the URL expires, by the service's clock; at most 7 days less 5 minutes from now.</param>
    /// <param name="cancellation">Stops the call.</param>
    ValueTask<Uri> SignReadAsync(string name, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation);
}

/// <summary>The state that a blob must have for an append. A <see cref="long"/> converts to a condition on the length alone.</summary>
/// <param name="Position">The length of the blob in bytes, which is where the new block begins.</param>
/// <param name="ETag">The ETag of the blob; null for any. Needed for an empty blob: a blob deleted and created again under the same name is also empty, and
/// only its ETag differs.</param>
public readonly record struct AppendCondition(long Position, string? ETag = null)
{
    /// <summary>A condition on the length alone, whatever the ETag.</summary>
    public static implicit operator AppendCondition(long position) => new(position);

    /// <summary>The conversion as a method, for languages without conversion operators.</summary>
    public static AppendCondition FromInt64(long position) => new(position);
}

/// <summary>The outcome of an append as the service reported it.</summary>
public enum AppendStatus
{
    /// <summary>Stored at the position in the condition.</summary>
    Appended,

    /// <summary>The blob has another length or another ETag than the condition: not stored.</summary>
    PositionTaken,

    /// <summary>The blob is sealed: not stored.</summary>
    Sealed,

    /// <summary>There is no such blob: not stored.</summary>
    NotFound,

    /// <summary>The blob has reached the service's limit of blocks or bytes: not stored.</summary>
    Full,

    /// <summary>A timeout, a dropped connection, 5xx, or 409 "modified while being read": stored, not stored, or stored later.</summary>
    Unknown,
}

/// <summary>The answer to an append.</summary>
/// <param name="Status">The outcome.</param>
/// <param name="CommittedBlocks">AppendBlock calls committed to the blob, this one included; 0 if unknown.</param>
/// <param name="Date">The <c>Date</c> of the response, by the service's clock; null without a response.</param>
/// <param name="Reason">For logs: the service's error code or the exception's message, never a secret. Null after a success.</param>
public readonly record struct AppendAnswer(AppendStatus Status, int CommittedBlocks, DateTimeOffset? Date, string? Reason = null);

/// <summary>The condition of a whole-blob write.</summary>
/// <param name="IfMatch">The ETag that the existing blob must have. Null: no blob of the name may exist. <c>*</c>: no condition.</param>
public readonly record struct WriteCondition(string? IfMatch)
{
    /// <summary>Writes only if no blob of the name exists.</summary>
    public static WriteCondition IfAbsent => new(null);

    /// <summary>Creates the blob or replaces any version. Only for blobs whose writers all write the same content, or where the last write may win.</summary>
    public static WriteCondition Always => new("*");

    /// <summary>Replaces the blob only if it exists with this ETag.</summary>
    public static WriteCondition IfUnchanged(string etag) => new(etag);
}

/// <summary>One blob of a listing.</summary>
/// <param name="Name">Full name in the container.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sealed">True for a sealed append blob.</param>
/// <param name="LastModified">When the blob was last written, by the service's clock, in whole seconds.</param>
/// <param name="ETag">ETag of the listed version.</param>
public sealed record BlobItem(string Name, long Length, bool Sealed, DateTimeOffset LastModified, string ETag);

/// <summary>One page of a listing of blobs.</summary>
/// <param name="Items">In ordinal order of their names. A page may have fewer than the requested number, or none, even if more pages follow.</param>
/// <param name="Continuation">Pass it to get the next page; null after the last page.</param>
public sealed record BlobPage(IReadOnlyList<BlobItem> Items, string? Continuation);

/// <summary>One page of a listing of folders.</summary>
/// <param name="Folders">Names from the container's root, each ending with <c>/</c>, in ordinal order. A page may be empty even if more pages follow.</param>
/// <param name="Continuation">Pass it to get the next page; null after the last page.</param>
public sealed record FolderPage(IReadOnlyList<string> Folders, string? Continuation);
