namespace Headwater.Simulation.Checking;

/// <summary>What can be wrong with a log or with an answer about it.</summary>
internal enum ViolationKind
{
    /// <summary>An acknowledged event is not stored.</summary>
    Lost,

    /// <summary>A read shows an earlier event of a key as its latest.</summary>
    Resurrected,

    /// <summary>An event is stored twice.</summary>
    Duplicated,

    /// <summary>An event is stored although its request was answered "not stored".</summary>
    StoredAfterAll,

    /// <summary>A stored event was never sent.</summary>
    Invented,

    /// <summary>A request's share is stored partially, or not consecutively.</summary>
    Torn,

    /// <summary>An acknowledged event is not at the offset in the answer.</summary>
    Misplaced,

    /// <summary>A request that began after another was acknowledged is stored before it.</summary>
    Reordered,

    /// <summary>Offsets of a partition are not dense.</summary>
    Gap,

    /// <summary>Append times decrease.</summary>
    TimeReversed,

    /// <summary>Sequences or epochs of a producer are stored out of order, twice or with a gap.</summary>
    SequenceBroken,

    /// <summary>A read delivered something other than the log's content at those offsets.</summary>
    WrongRead,

    /// <summary>An answer about the log's end omits events stored before the request.</summary>
    StaleRead,

    /// <summary>An answer contains a log end or an event that did not exist yet.</summary>
    ReadAhead,

    /// <summary>A repeat was not recognised, or a new request was treated as a repeat.</summary>
    WrongReplay,

    /// <summary>A request was refused for a reason that was not true.</summary>
    WrongRefusal,

    /// <summary>A deleted stream acknowledged or delivered events.</summary>
    DeletedStreamAnswered,

    /// <summary>The segments of a partition do not follow the rules of the storage format.</summary>
    BrokenSegments,

    /// <summary>An instance sends two appends to one segment at the same time.</summary>
    RacesItself,

    /// <summary>Two members process one partition at the same time.</summary>
    OwnedTwice,

    /// <summary>A member committed to a partition that it no longer held.</summary>
    FencedCommit,

    /// <summary>A committed offset decreased without a rewind.</summary>
    CommitWentBack,

    /// <summary>A restored offset is higher than the lost one.</summary>
    Skipped,

    /// <summary>An acknowledged commit was never stored.</summary>
    LostCommit,

    /// <summary>Partitions are not shared evenly although all members are healthy.</summary>
    Unbalanced,

    /// <summary>An answer that indicates corruption or a defect.</summary>
    UnexpectedAnswer,

    /// <summary>A request is not answered, or fails, after all faults have ended.</summary>
    Stuck,
}

internal sealed record Violation(ViolationKind Kind, string What)
{
    public override string ToString() => $"{Kind}: {What}";
}

internal sealed class ViolationException(ViolationKind kind, string what) : Exception($"{kind}: {what}")
{
    public Violation Violation { get; } = new(kind, what);
}
