using Headwater.Contracts.Errors;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Stored;

/// <summary>
/// Blobs for content that is too large for a queue message. A batch's events are at <c>{stream}/{streamId}/appends/{id}</c>, so that deleting the stream
/// deletes them. Whole messages are at
/// <c>headwater.queue/{id}</c>; no stream can have this name. Blob names are built here and never read from a message. A sweep deletes a blob once no message
/// can need it.
/// </summary>
public sealed class ClaimBlobs(IBlobs blobs)
{
    /// <summary>Prefix of the blobs that contain whole messages.</summary>
    public const string MessageFolder = BlobNames.QueueFolder;

    private readonly BodyBudget _budget = new(Limits.BodyBytesInFlight);

    /// <summary>Charged for the content of blobs, and for what the content of messages parses to.</summary>
    public BodyBudget Budget => _budget;

    /// <summary>The blob of a batch's events; null if the message contains the events.</summary>
    public static string? NameOf(QueuedBatch batch) =>
        batch.Content.ClaimBytes is null ? null : BlobNames.QueuedBatch(batch.Stream, batch.StreamId ?? "", batch.Id);

    /// <summary>The blob of a whole message.</summary>
    public static string MessageName(string id) => BlobNames.QueueMessage(id);

    /// <summary>Writes a blob. Costs one write.</summary>
    public async ValueTask WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        await blobs.WriteAsync(name, content, WriteCondition.Always, cancellation);

    /// <summary>Reads a blob. Costs one read.</summary>
    /// <param name="name">A name built by this class.</param>
    /// <param name="bytes">The length given in the message. The memory of all concurrent reads in this process is limited.</param>
    /// <param name="use">Uses the content, which is valid only during the call.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <exception cref="HeadwaterException">AppendNotFound, Overloaded, or MalformedBody if the blob has another length.</exception>
    public async Task<T> ReadAsync<T>(string name, int bytes, Func<ReadOnlyMemory<byte>, Task<T>> use, CancellationToken cancellation)
    {
        if (!_budget.TryTake(bytes))
        {
            throw _budget.Exhausted();
        }

        try
        {
            using BlobRead read = await blobs.ReadAsync(name, 0, bytes, cancellation)
                ?? throw new HeadwaterException(ErrorCode.AppendNotFound, $"The blob {name} with the message's content does not exist.");
            return read.Length == bytes ? await use(read.Content)
                : throw Refusals.MalformedBody($"Blob {name} has {read.Length} bytes; the message expects {bytes}.");
        }
        finally
        {
            _budget.GiveBack(bytes);
        }
    }
}
