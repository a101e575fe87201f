using Headwater.Contracts.Errors;
using Headwater.Log.Read;

namespace Headwater.Simulation.History;

/// <param name="Offset">The offset of the event.</param>
/// <param name="Id">The id of the event.</param>
/// <param name="Appended">The append time, in Unix microseconds.</param>
internal readonly record struct ReadEvent(long Offset, long Id, long Appended);

/// <param name="Events">The events, in the order of delivery.</param>
/// <param name="Next">The offset at which the next read begins.</param>
/// <param name="LogStart">The value in the answer.</param>
/// <param name="LogEnd">The value in the answer.</param>
/// <param name="MayBeginEarlier">Whether the answer has whole blocks, the first of which may begin before the requested offset.</param>
internal sealed record PageAnswer(IReadOnlyList<ReadEvent> Events, long Next, long LogStart, long LogEnd, bool MayBeginEarlier = false);

/// <summary>A read of a partition, or a request for its end (recorded as an empty read from the latest offset).</summary>
internal sealed class ReadAttempt
{
    public required string Client { get; init; }

    public string StreamId { get; set; } = "";

    public required int Partition { get; init; }

    public required ReadFromKind From { get; init; }

    /// <summary>The requested offset or time.</summary>
    public long FromValue { get; init; }

    public required long Invoked { get; init; }

    public long Returned { get; set; } = long.MaxValue;

    /// <summary>Storage time when the answer arrived, in Unix microseconds.</summary>
    public long ReturnedAt { get; set; }

    public PageAnswer? Page { get; set; }

    public ErrorCode? Refusal { get; set; }

    /// <summary>The log start or end in a refusal.</summary>
    public long? RefusalFact { get; set; }

    public override string ToString() => $"{Client}'s read of partition {Partition} from {From} {FromValue} ({Invoked} to {Returned})";
}

/// <summary>An epoch issued to a producer.</summary>
internal sealed record EpochStart(string StreamId, string Producer, int Epoch, long Invoked, long Returned);
