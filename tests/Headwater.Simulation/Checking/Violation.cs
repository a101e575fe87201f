namespace Headwater.Simulation.Checking;

/// <summary>What can be wrong with a log or with what was said about it.</summary>
internal enum ViolationKind
{
    /// <summary>An acknowledged event is not there.</summary>
    Lost,

    /// <summary>What a key had before is shown as its latest.</summary>
    Resurrected,

    /// <summary>An event is there twice.</summary>
    Duplicated,

    /// <summary>An event is there though its request was answered "not stored".</summary>
    StoredAfterAll,

    /// <summary>An event nobody sent.</summary>
    Invented,

    /// <summary>A request's share is there in part, or not in one piece.</summary>
    Torn,

    /// <summary>An acknowledged event stands at another offset than the one answered.</summary>
    Misplaced,

    /// <summary>A request that began after another was acknowledged stands before it.</summary>
    Reordered,

    /// <summary>Offsets of a partition are not dense.</summary>
    Gap,

    /// <summary>Append times go back.</summary>
    TimeReversed,

    /// <summary>Sequences or epochs of a producer are stored out of order, twice or with a gap.</summary>
    SequenceBroken,

    /// <summary>A read delivered what the log does not hold there.</summary>
    WrongRead,

    /// <summary>An answer about the log's end lags behind what was stored before it was asked for.</summary>
    StaleRead,

    /// <summary>An answer about the log's end, or an event, from the future.</summary>
    ReadAhead,

    /// <summary>A repeat was not recognised as one, or something new was taken for a repeat.</summary>
    WrongReplay,

    /// <summary>A request was refused for a reason that did not hold.</summary>
    WrongRefusal,

    /// <summary>A stream that had been deleted acknowledged or delivered events.</summary>
    DeletedStreamAnswered,

    /// <summary>The segments of a partition do not follow the rules of the storage format.</summary>
    BrokenSegments,

    /// <summary>Two members work on one partition at the same time.</summary>
    OwnedTwice,

    /// <summary>A member that had lost a partition committed there.</summary>
    FencedCommit,

    /// <summary>A committed offset went back without a rewind.</summary>
    CommitWentBack,

    /// <summary>Restored offsets are past those that were lost.</summary>
    Skipped,

    /// <summary>An acknowledged commit was never stored.</summary>
    LostCommit,

    /// <summary>With everyone well, partitions are not shared evenly.</summary>
    Unbalanced,

    /// <summary>An answer that should never be given: corruption, a defect.</summary>
    UnexpectedAnswer,

    /// <summary>Something was not answered, or does not work any more, with all faults gone.</summary>
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
