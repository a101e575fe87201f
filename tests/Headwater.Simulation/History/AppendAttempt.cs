using Headwater.Contracts.Errors;

namespace Headwater.Simulation.History;

/// <summary>The answer about one event.</summary>
internal enum Verdict
{
    /// <summary>The event was acknowledged.</summary>
    Stored,

    /// <summary>This attempt did not store the event.</summary>
    NotStored,

    /// <summary>The event may be stored, now or later.</summary>
    Unknown,
}

/// <param name="Id">The unique id of the event; a retry of the request sends the same id.</param>
/// <param name="Key">The key; null if unkeyed.</param>
/// <param name="IsTombstone">Whether the event has no value.</param>
internal sealed record SentEvent(long Id, string? Key, bool IsTombstone = false);

/// <param name="Partition">The partition.</param>
/// <param name="Base">The offset of the first event; null for a repeat that is too old to be replayed.</param>
/// <param name="Events">The events, as indexes in the request.</param>
/// <param name="IsReplay">Whether the answer says that an earlier attempt stored the events.</param>
internal sealed record ShareAnswer(int Partition, long? Base, IReadOnlyList<int> Events, bool IsReplay);

internal sealed record ProducerStamp(string Id, int Epoch, long Sequence);

/// <summary>One attempt at an append request: its content, its time and its answer.</summary>
internal sealed class AppendAttempt
{
    /// <summary>The request of this attempt. Only keyed and sequenced requests have more than one attempt.</summary>
    public required long Request { get; init; }

    public required string Client { get; init; }

    public required IReadOnlyList<SentEvent> Events { get; init; }

    public ProducerStamp? Producer { get; init; }

    public long? IfOffset { get; init; }

    /// <summary>The requested partition; -1 if the keys decide.</summary>
    public int Target { get; init; } = -1;

    public bool IsKeyed { get; init; }

    /// <summary>Whether the log was searched for the request before this append.</summary>
    public bool IsRecalled { get; init; }

    /// <summary>Whether an earlier request used the same Idempotency-Key with different events.</summary>
    public bool ReusesKey { get; init; }

    /// <summary>Whether an earlier request of the producer used the same sequence with different events.</summary>
    public bool ReusesSequence { get; init; }

    /// <summary>The <c>streamId</c> that the attempt reached; empty if it reached none.</summary>
    public string StreamId { get; set; } = "";

    public int Partitions { get; set; }

    public required long Invoked { get; init; }

    /// <summary>The step of the answer; the maximum if no answer arrived before the end.</summary>
    public long Returned { get; set; } = long.MaxValue;

    public IReadOnlyList<ShareAnswer> Shares { get; set; } = [];

    /// <summary>One answer per event; initially unknown.</summary>
    public required Verdict[] Verdicts { get; init; }

    /// <summary>The error code, if the whole request failed.</summary>
    public ErrorCode? Refusal { get; set; }

    /// <summary>The number in the refusal: log end, expected sequence or current epoch.</summary>
    public long? RefusalFact { get; set; }

    public bool IsStored => Verdicts.All(v => v == Verdict.Stored);

    public bool IsUnclear => Verdicts.Contains(Verdict.Unknown);

    public override string ToString() =>
        $"{Client}'s request {Request} [{string.Join(' ', Events.Select(e => e.Id))}]"
            + $"{(Producer is { } p ? $" epoch {p.Epoch} sequence {p.Sequence}" : "")}{(IfOffset is { } o ? $" if {o}" : "")} ({Invoked} to {Returned})";
}
