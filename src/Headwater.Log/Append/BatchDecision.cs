using Headwater.Contracts.Errors;
using Headwater.Core.Positions;

namespace Headwater.Log.Append;

internal enum BatchDecisionKind
{
    /// <summary>Goes into the group.</summary>
    Store,

    /// <summary>An earlier, equal request stored it.</summary>
    Repeat,

    /// <summary>Answered with an error; nothing of it is stored.</summary>
    Refuse,

    /// <summary>Its client has gone before it was sent.</summary>
    Abandon,

    /// <summary>Depends on a batch of this very group, which may not be stored after all, or needs another segment: waits for the next group.</summary>
    Later,

    /// <summary>Would be answered from what may be out of date: storage must be asked first.</summary>
    Unsure,
}

/// <summary>What a plan decides about one waiting batch. Made under no lock; the group commit's loop carries it out.</summary>
/// <param name="Kind">What is to happen.</param>
/// <param name="First">Of a repeat: offset of the first event; null if it is too old to be replayed in full.</param>
/// <param name="Reason">Of a refusal.</param>
internal readonly record struct BatchDecision(BatchDecisionKind Kind, Offset? First = null, HeadwaterException? Reason = null)
{
    public static BatchDecision Store => new(BatchDecisionKind.Store);

    public static BatchDecision Abandon => new(BatchDecisionKind.Abandon);

    public static BatchDecision Later => new(BatchDecisionKind.Later);

    public static BatchDecision Unsure => new(BatchDecisionKind.Unsure);

    public static BatchDecision Repeat(Offset? first) => new(BatchDecisionKind.Repeat, First: first);

    public static BatchDecision Refuse(HeadwaterException reason) => new(BatchDecisionKind.Refuse, Reason: reason);
}
