using Headwater.Contracts.Errors;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Queues.Handling;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Stored;

/// <summary>
/// What is too large for a queue message, beside it as a blob: a batch's events at <c>{stream}/{streamId}/appends/{id}</c>, so that it goes with its stream, and whole messages at
/// <c>headwater.queue/{id}</c>, where no stream can be. Names are built here, never read from a message. Nothing is deleted while a message may need it: <see cref="OutcomeSweep"/> does.
/// </summary>
public sealed class ClaimBlobs(IBlobs blobs)
{
    public const string MessageFolder = BlobNames.QueueFolder;

    private readonly BodyBudget _budget = new(Limits.BodyBytesInFlight);

    /// <summary>Null for a batch that carries its events.</summary>
    public static string? NameOf(QueuedBatch batch) => batch.Content.ClaimBytes is null ? null : BlobNames.QueuedBatch(batch.Stream, batch.StreamId ?? "", batch.Id);

    public static string MessageName(string id) => BlobNames.QueueMessage(id);

    /// <summary>One write.</summary>
    public async ValueTask WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        await blobs.WriteAsync(name, content, WriteCondition.Always, cancellation);

    /// <summary>One read.</summary>
    /// <param name="name">Built here.</param>
    /// <param name="bytes">As the message says; memory for them is bounded for the process.</param>
    /// <param name="use">Sees the content while it is held.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="HeadwaterException">AppendNotFound; Overloaded; MalformedBody: another length.</exception>
    public async Task<T> ReadAsync<T>(string name, int bytes, Func<ReadOnlyMemory<byte>, Task<T>> use, CancellationToken cancellation)
    {
        if (!_budget.TryTake(bytes))
            throw _budget.Exhausted();
        try
        {
            using BlobRead read = await blobs.ReadAsync(name, 0, bytes, cancellation)
                ?? throw new HeadwaterException(ErrorCode.AppendNotFound, $"The message's content, blob {name}, is gone.");
            return read.Length == bytes ? await use(read.Content) : throw Refusals.MalformedBody($"Blob {name} has {read.Length} bytes; its message says {bytes}.");
        }
        finally
        {
            _budget.GiveBack(bytes);
        }
    }
}
