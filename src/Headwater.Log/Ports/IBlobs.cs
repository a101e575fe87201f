namespace Headwater.Log.Ports;

/// <summary>
/// The blobs of one container: the log itself. Names are full paths inside the container.
/// Every member is one storage call unless it says otherwise, is never retried below this port when a retry could act twice,
/// and throws <see cref="StorageException"/> for every fault not listed as an answer.
/// </summary>
public interface IBlobs
{
    /// <summary>Creates an empty append blob unless one of that name exists (<c>If-None-Match: *</c>).</summary>
    /// <returns>False if it exists already (409 and 412 alike: someone else did it).</returns>
    ValueTask<bool> CreateAppendBlobAsync(string name, CancellationToken cancellation);

    /// <summary>
    /// Appends where <paramref name="condition"/> says or not at all (<c>x-ms-blob-condition-appendpos</c>, and <c>If-Match</c> if it names an ETag).
    /// Sent once: no retries.
    /// </summary>
    /// <returns>What the service said; <see cref="AppendStatus.Unknown"/> whenever the call may have been applied. A fault that proves nothing was
    /// stored (denied, rejected) is thrown.</returns>
    ValueTask<AppendAnswer> AppendBlockAsync(string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation);

    /// <summary>Seals an append blob; sealing a sealed one is no error. Whether it was sealed before a fault is unknown: ask with a read.</summary>
    /// <returns>False if there is no such blob.</returns>
    ValueTask<bool> SealAsync(string name, CancellationToken cancellation);

    /// <summary>Reads at most <paramref name="maxBytes"/> from <paramref name="position"/>, with the blob's state as of that read.</summary>
    /// <returns>Null if there is no such blob. Empty content with the true length if <paramref name="position"/> is at or past the end (that may cost
    /// a second call).</returns>
    ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation);

    /// <summary>Writes a whole block blob under a condition.</summary>
    /// <returns>The new ETag, or null if the condition did not hold (nothing written).</returns>
    ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation);

    /// <summary>
    /// Stages one block of a block blob. The block is not visible until it is committed. The service discards uncommitted blocks after a time; any commit of
    /// the same blob also discards them.
    /// </summary>
    /// <param name="name">The blob it is for.</param>
    /// <param name="blockId">Base64, of equal length for all parts of a blob; the same again replaces the part.</param>
    /// <param name="data">At most 4,000 MiB.</param>
    /// <param name="cancellation">Stops waiting.</param>
    ValueTask StageBlockAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation);

    /// <summary>Makes a block blob of parts put aside, in the order given, unless a blob of that name exists (<c>If-None-Match: *</c>).</summary>
    /// <returns>False if one exists, or a part is no longer there because another commit came first: nothing was written.</returns>
    ValueTask<bool> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, CancellationToken cancellation);

    /// <summary>Deletes a blob, or only the version with <paramref name="ifMatch"/>.</summary>
    /// <returns>False if it is not there or has another ETag.</returns>
    ValueTask<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellation);

    /// <summary>One page of the blobs whose names start with <paramref name="prefix"/>, in ordinal order. Costs as much as a write.</summary>
    /// <param name="prefix">What the names start with.</param>
    /// <param name="continuation">Null for the first page, then <see cref="BlobPage.Continuation"/>.</param>
    /// <param name="pageSize">At most 5,000.</param>
    /// <param name="cancellation">Stops waiting.</param>
    ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation);

    /// <summary>The distinct first path parts under <paramref name="prefix"/> (names up to and including the next <c>/</c>), one page.</summary>
    ValueTask<FolderPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellation);

    /// <summary>
    /// A URL that reads this one blob until <paramref name="expires"/>, and nothing else. No storage call, or one per hour for a delegation key.
    /// </summary>
    ValueTask<Uri> SignReadAsync(string name, DateTimeOffset expires, CancellationToken cancellation);
}

/// <summary>Where an append may land. A bare position is one.</summary>
/// <param name="Position">Where the blob ends.</param>
/// <param name="ETag">Of the version it is meant for; null: whichever ends there. An empty blob needs it to be told from another of its name made
/// since.</param>
public readonly record struct AppendCondition(long Position, string? ETag = null)
{
    public static implicit operator AppendCondition(long position) => new(position);

    public static AppendCondition FromInt64(long position) => new(position);
}

/// <summary>What the service said to an append.</summary>
public enum AppendStatus
{
    /// <summary>Stored at the position asked.</summary>
    Appended,

    /// <summary>The blob does not end there, or is not the one meant: not stored.</summary>
    PositionTaken,

    /// <summary>The blob is sealed: not stored.</summary>
    Sealed,

    /// <summary>There is no such blob: not stored.</summary>
    NotFound,

    /// <summary>The blob has all the blocks or bytes it may have: not stored.</summary>
    Full,

    /// <summary>A timeout, a dropped connection, 5xx, or 409 "modified while being read": stored or not, now or later.</summary>
    Unknown,
}

/// <param name="Status">The outcome.</param>
/// <param name="CommittedBlocks">AppendBlock calls the blob has taken so far, if the answer said so, else 0.</param>
/// <param name="Date">The service's clock, if an answer came.</param>
/// <param name="Reason">For logs: the service's code or the exception's message, never a secret.</param>
public readonly record struct AppendAnswer(AppendStatus Status, int CommittedBlocks, DateTimeOffset? Date, string? Reason = null);

/// <summary>When a whole-blob write may happen.</summary>
/// <param name="IfMatch">The ETag that must stand there; null: no blob may stand there; <c>*</c>: whatever stands there.</param>
public readonly record struct WriteCondition(string? IfMatch)
{
    public static WriteCondition IfAbsent => new(null);

    public static WriteCondition Always => new("*");

    public static WriteCondition IfUnchanged(string etag) => new(etag);
}

/// <param name="Name">Full name in the container.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sealed">A sealed append blob.</param>
/// <param name="LastModified">The service's clock.</param>
/// <param name="ETag">Of this version.</param>
public sealed record BlobItem(string Name, long Length, bool Sealed, DateTimeOffset LastModified, string ETag);

public sealed record BlobPage(IReadOnlyList<BlobItem> Items, string? Continuation);

public sealed record FolderPage(IReadOnlyList<string> Folders, string? Continuation);
