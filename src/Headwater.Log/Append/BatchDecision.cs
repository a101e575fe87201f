using Headwater.Contracts.Errors;
using Headwater.Core.Positions;

namespace Headwater.Log.Append;

internal enum BatchDecisionKind
{
    /// <summary>Store the batch with this group.</summary>
    Store,

    /// <summary>Answer with the earlier outcome: an equal request stored the events.</summary>
    Repeat,

    /// <summary>Answer with an error and store nothing.</summary>
    Refuse,

    /// <summary>Drop the batch: its client cancelled before it was sent.</summary>
    Abandon,

    /// <summary>Keep for the next group: the batch needs another segment, or depends on a batch of this group, whose append may fail.</summary>
    Later,

    /// <summary>Catch up first: the answer would rest on a cached tail that may be out of date.</summary>
    Unsure,
}

/// <summary>A plan's decision about one waiting batch. Made without a lock; the group commit loop carries it out.</summary>
/// <param name="Kind">The decision.</param>
/// <param name="First">For a repeat: offset of the first event; null if the offset is no longer remembered.</param>
/// <param name="Reason">For a refusal: the error.</param>
internal readonly record struct BatchDecision(BatchDecisionKind Kind, Offset? First = null, HeadwaterException? Reason = null)
{
    public static BatchDecision Store => new(BatchDecisionKind.Store);

    public static BatchDecision Abandon => new(BatchDecisionKind.Abandon);

    public static BatchDecision Later => new(BatchDecisionKind.Later);

    public static BatchDecision Unsure => new(BatchDecisionKind.Unsure);

    public static BatchDecision Repeat(Offset? first) => new(BatchDecisionKind.Repeat, First: first);

    public static BatchDecision Refuse(HeadwaterException reason) => new(BatchDecisionKind.Refuse, Reason: reason);
}
