using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Clock;
using Headwater.Log.Model;
using Headwater.Log.Producers;

namespace Headwater.Log.Append;

/// <summary>One request's share of a partition, waiting to be appended. Answered exactly once.</summary>
internal sealed class PendingBatch(EventBatch events, AppendOptions options, StreamDescription stream, CancellationToken abandoned)
{
    private readonly TaskCompletionSource<StoredShare> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EventBatch Events { get; } = events;

    public AppendOptions Options { get; } = options;

    /// <summary>Hash of the request's body; null if repeats of it are not compared.</summary>
    public RequestDigest? Digest => Options.Request?.Digest ?? Options.Digest;

    /// <summary>The stream's description when the request was read; its schema encoded the values.</summary>
    public StreamDescription Stream { get; } = stream;

    /// <summary>When the batch was queued, a timestamp of the log's time provider. The append patience counts from it.</summary>
    public long EnqueuedAt { get; init; }

    /// <summary>When the producer's epoch was issued; without times if there is no producer.</summary>
    public EpochTimes Epoch { get; init; }

    /// <summary>The <see cref="Moment"/> of arrival. An answer without an append needs a tail confirmed at or after it.</summary>
    public long Came { get; } = Moment.Next();

    /// <summary>The client cancelled: a batch not yet sent can be dropped.</summary>
    public bool IsAbandoned => abandoned.IsCancellationRequested;

    public Task<StoredShare> Answered => _answer.Task;

    public void Stored(Offset first) => _answer.TrySetResult(new StoredShare(first, IsReplay: false));

    public void Refuse(HeadwaterException reason) => _answer.TrySetException(reason);

    /// <summary>Answers a batch that needs no append.</summary>
    public void Answer(BatchDecision decision)
    {
        switch (decision.Kind)
        {
            case BatchDecisionKind.Repeat:
                _answer.TrySetResult(new StoredShare(decision.First, IsReplay: true));
                break;
            case BatchDecisionKind.Refuse:
                Refuse(decision.Reason!);
                break;
            case BatchDecisionKind.Abandon:
                _answer.TrySetCanceled(abandoned);
                break;
            case BatchDecisionKind.Store or BatchDecisionKind.Later or BatchDecisionKind.Unsure:
                throw new InvalidOperationException($"{decision.Kind} does not answer a batch.");
        }
    }

    public BatchRecord Record(BatchId id) => new(
        id,
        Options.Request?.Key,
        Digest,
        Options.Producer?.Id,
        Options.Producer?.Epoch ?? ProducerEpoch.None,
        Options.Producer?.Sequence ?? SequenceNumber.Zero,
        Events.Count);
}

/// <param name="First">Offset of the share's first event; null for a repeat whose offset is no longer remembered.</param>
/// <param name="IsReplay">True if an earlier, equal request stored the share.</param>
internal readonly record struct StoredShare(Offset? First, bool IsReplay);
