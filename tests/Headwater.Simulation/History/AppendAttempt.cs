using Headwater.Contracts.Errors;

namespace Headwater.Simulation.History;

/// <summary>What was said of an event.</summary>
internal enum Verdict
{
    /// <summary>Acknowledged.</summary>
    Stored,

    /// <summary>Certainly not by this attempt.</summary>
    NotStored,

    /// <summary>Perhaps, now or later.</summary>
    Unknown,
}

/// <param name="Id">Unique; a retry of the same request sends the same.</param>
/// <param name="Key">Null: unkeyed.</param>
/// <param name="IsTombstone">Without a value.</param>
internal sealed record SentEvent(long Id, string? Key, bool IsTombstone = false);

/// <param name="Partition">Which partition.</param>
/// <param name="Base">Offset of the first event; null for a repeat too old to be replayed.</param>
/// <param name="Events">Indexes in the request.</param>
/// <param name="IsReplay">Said to have been stored by an earlier attempt.</param>
internal sealed record ShareAnswer(int Partition, long? Base, IReadOnlyList<int> Events, bool IsReplay);

internal sealed record ProducerStamp(string Id, int Epoch, long Sequence);

/// <summary>One try of an append request: what was sent, when, and what was answered.</summary>
internal sealed class AppendAttempt
{
    /// <summary>The request it is a try of. Only keyed and sequenced requests are tried more than once.</summary>
    public required long Request { get; init; }

    public required string Client { get; init; }

    public required IReadOnlyList<SentEvent> Events { get; init; }

    public ProducerStamp? Producer { get; init; }

    public long? IfOffset { get; init; }

    /// <summary>The partition asked for; -1 when keys decide.</summary>
    public int Target { get; init; } = -1;

    public bool IsKeyed { get; init; }

    /// <summary>The same Idempotency-Key came with other events before.</summary>
    public bool ReusesKey { get; init; }

    /// <summary>Which creation of the stream it went to; empty if it did not get that far.</summary>
    public string StreamId { get; set; } = "";

    public int Partitions { get; set; }

    public required long Invoked { get; init; }

    /// <summary>Never, if no answer came before the end.</summary>
    public long Returned { get; set; } = long.MaxValue;

    public IReadOnlyList<ShareAnswer> Shares { get; set; } = [];

    /// <summary>One per event; unknown until something is known.</summary>
    public required Verdict[] Verdicts { get; init; }

    /// <summary>Why it failed as a whole, if it was answered so.</summary>
    public ErrorCode? Refusal { get; set; }

    /// <summary>The number that came with the refusal: log end, expected sequence, current epoch.</summary>
    public long? RefusalFact { get; set; }

    public bool IsStored => Verdicts.All(v => v == Verdict.Stored);

    public bool IsUnclear => Verdicts.Contains(Verdict.Unknown);

    public override string ToString() =>
        $"{Client}'s request {Request} [{string.Join(' ', Events.Select(e => e.Id))}]{(Producer is { } p ? $" epoch {p.Epoch} sequence {p.Sequence}" : "")}{(IfOffset is { } o ? $" if {o}" : "")} ({Invoked} to {Returned})";
}
