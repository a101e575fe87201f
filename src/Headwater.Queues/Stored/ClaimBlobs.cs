using Headwater.Contracts.Errors;
using Headwater.Log.Budgets;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Stored;

/// <summary>
/// Blobs for content that is too large for a queue message. A posted batch's events are at <c>{stream}/{streamId}/appends/{id}</c>, so that deleting the
/// stream deletes them; this app draws the id at random. The events of a batch that became too large while it waited are at
/// <c>headwater.queue/{token}</c>, and whole messages at <c>headwater.queue/{ref}</c>, where the ref is a hash of the message; no stream can have this
/// name. A name is never derived from an id that a sender chose, and a blob is created or found equal, never overwritten with other content. A sweep deletes a
/// blob once no message can need it.
/// </summary>
/// <param name="blobs">Stores the content.</param>
/// <param name="budget">Charged for the content of blobs, and for what the content of messages parses to.</param>
public sealed class ClaimBlobs(IBlobs blobs, BodyBudget budget)
{
    /// <summary>Prefix of the blobs that contain whole messages.</summary>
    public const string MessageFolder = BlobNames.QueueFolder;

    /// <summary>Charged for the content of blobs, and for what the content of messages parses to.</summary>
    public BodyBudget Budget => budget;

    /// <summary>The blob of a batch's events; null if the message contains the events.</summary>
    public static string? NameOf(QueuedBatch batch) => batch.Content switch
    {
        { ClaimBytes: null } => null,
        { Token: { } token } => MessageName(token),
        _ => BlobNames.QueuedBatch(batch.Stream, batch.StreamId ?? "", batch.Id),
    };

    /// <summary>The blob of a whole message.</summary>
    public static string MessageName(string id) => BlobNames.QueueMessage(id);

    /// <summary>
    /// Creates a blob. Costs one write. If the name is taken, this write may have been applied before without an answer: the content is compared,
    /// and an equal blob is written again, so that its age begins at zero. That costs one read and one write more.
    /// </summary>
    /// <exception cref="HeadwaterException">Internal: a blob of this name has other content. Overloaded.</exception>
    public async Task CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (await blobs.WriteAsync(name, content, WriteCondition.IfAbsent, cancellation) is not null)
        {
            return;
        }

        bool isEqual = await ReadingAsync(
            name, content.Length, read => Task.FromResult(read.Length == content.Length && read.Content.Span.SequenceEqual(content.Span)), cancellation);
        if (!isEqual)
        {
            throw new HeadwaterException(ErrorCode.Internal, $"Blob {name} exists with other content.");
        }

        await blobs.WriteAsync(name, content, WriteCondition.Always, cancellation);
    }

    /// <summary>Writes a blob again with the same content, so that its age begins at zero. Costs one read and one write.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public Task RenewAsync(string name, int bytes, CancellationToken cancellation) =>
        ReadAsync(name, bytes, async content => await blobs.WriteAsync(name, content, WriteCondition.Always, cancellation), cancellation);

    /// <summary>Reads a blob. Costs one read.</summary>
    /// <param name="name">A name built by this class.</param>
    /// <param name="bytes">The length given in the message. The memory of all concurrent reads in this process is limited.</param>
    /// <param name="use">Uses the content, which is valid only during the call.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <exception cref="HeadwaterException">AppendNotFound, Overloaded, or MalformedBody if the blob has another length.</exception>
    public Task<T> ReadAsync<T>(string name, int bytes, Func<ReadOnlyMemory<byte>, Task<T>> use, CancellationToken cancellation) =>
        ReadingAsync(
            name,
            bytes,
            read => read.Length == bytes ? use(read.Content)
                : throw Refusals.MalformedBody($"Blob {name} has {read.Length} bytes; the message expects {bytes}."),
            cancellation);

    private async Task<T> ReadingAsync<T>(string name, int bytes, Func<BlobRead, Task<T>> use, CancellationToken cancellation)
    {
        if (!budget.TryTake(bytes))
        {
            throw budget.Exhausted();
        }

        try
        {
            using BlobRead read = await blobs.ReadAsync(name, 0, bytes, cancellation)
                ?? throw new HeadwaterException(ErrorCode.AppendNotFound, $"The blob {name} with the message's content does not exist.");
            return await use(read);
        }
        finally
        {
            budget.GiveBack(bytes);
        }
    }
}
