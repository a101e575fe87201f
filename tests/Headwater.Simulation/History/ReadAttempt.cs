using Headwater.Contracts.Errors;
using Headwater.Log.Read;

namespace Headwater.Simulation.History;

/// <param name="Offset">Where it was delivered from.</param>
/// <param name="Id">Of the event sent.</param>
/// <param name="Appended">Unix microseconds.</param>
internal readonly record struct ReadEvent(long Offset, long Id, long Appended);

/// <param name="Events">In the order delivered.</param>
/// <param name="Next">Where the next read begins.</param>
/// <param name="LogStart">As answered.</param>
/// <param name="LogEnd">As answered.</param>
/// <param name="MayBeginEarlier">Whole blocks were delivered, the first of which may begin before the offset asked for.</param>
internal sealed record PageAnswer(IReadOnlyList<ReadEvent> Events, long Next, long LogStart, long LogEnd, bool MayBeginEarlier = false);

/// <summary>A read of a partition, or a question for its end (which is a read of nothing from the latest).</summary>
internal sealed class ReadAttempt
{
    public required string Client { get; init; }

    public string StreamId { get; set; } = "";

    public required int Partition { get; init; }

    public required ReadFromKind From { get; init; }

    /// <summary>The offset or the time asked for.</summary>
    public long FromValue { get; init; }

    public required long Invoked { get; init; }

    public long Returned { get; set; } = long.MaxValue;

    /// <summary>Storage's time when the answer came, in Unix microseconds.</summary>
    public long ReturnedAt { get; set; }

    public PageAnswer? Page { get; set; }

    public ErrorCode? Refusal { get; set; }

    /// <summary>The log start or end that came with a refusal.</summary>
    public long? RefusalFact { get; set; }

    public override string ToString() => $"{Client}'s read of partition {Partition} from {From} {FromValue} ({Invoked} to {Returned})";
}

/// <summary>An epoch issued to a producer.</summary>
internal sealed record EpochStart(string StreamId, string Producer, int Epoch, long Invoked, long Returned);
