using Headwater.Contracts.Errors;
using Headwater.Log.Read;
using Headwater.Simulation.History;
using Xunit;

namespace Headwater.Simulation.Checking;

/// <summary>The checker finds every planted kind of fault, and reports none in a correct history.</summary>
public sealed class CheckerTests
{
    private static readonly Dictionary<string, (ViolationKind Kind, Action<PlantedHistory> Plant)> Plants = new()
    {
        ["an acknowledged event is lost from the end"] = (ViolationKind.Lost, h => h.Stored.RemoveAt(h.Stored.Count - 1)),
        ["an acknowledged event is lost from the middle"] = (ViolationKind.Lost, h => Remove(h, 2)),
        ["an event is stored twice"] = (ViolationKind.Duplicated, StoreTwice),
        ["an event answered not stored is stored"] =
            (ViolationKind.StoredAfterAll, h => h.Stored.Add(h.Stored[^1] with { Offset = h.Stored.Count, Id = 7, Producer = null })),
        ["an event that was never sent is stored"] =
            (ViolationKind.Invented, h => h.Stored.Add(h.Stored[^1] with { Offset = h.Stored.Count, Id = 99, Producer = null })),
        ["half a request is stored"] = (ViolationKind.Torn, h => Remove(h, 1)),
        ["a request's events are stored in another order"] =
            (ViolationKind.Torn, h => (h.Stored[0], h.Stored[1]) = (h.Stored[1] with { Offset = 0 }, h.Stored[0] with { Offset = 1 })),
        ["an event stands elsewhere than answered"] = (ViolationKind.Misplaced, h => h.First.Shares = [h.First.Shares[0] with { Base = 1 }]),
        ["a later request stands before an earlier one"] = (ViolationKind.Reordered, PutSecondFirst),
        ["an offset is left out"] = (ViolationKind.Gap, h => h.Stored[^1] = h.Stored[^1] with { Offset = h.Stored.Count }),
        ["append times go back"] = (ViolationKind.TimeReversed, h => h.Stored[^1] = h.Stored[^1] with { Appended = 0 }),
        ["a sequence is left out"] = (ViolationKind.SequenceBroken, h => h.Stored.RemoveAll(e => e.Producer?.Sequence == 1)),
        ["an epoch goes back"] = (ViolationKind.SequenceBroken, h => h.Stored[^1] = h.Stored[^1] with { Producer = new ProducerStamp("p", 0, 2) }),
        ["a read delivers another event"] =
            (ViolationKind.WrongRead, h => h.FirstRead.Page = h.FirstRead.Page! with { Events = [new ReadEvent(0, 2, h.Stored[0].Appended)], Next = 1 }),
        ["a read leaves an event out"] =
            (ViolationKind.WrongRead, h => h.LastRead.Page = h.LastRead.Page! with { Events = [.. h.LastRead.Page.Events.Where(e => e.Offset != 2)] }),
        ["a read begins behind what was asked for"] =
            (ViolationKind.WrongRead, h => h.FirstRead.Page = h.FirstRead.Page! with { Events = [.. h.FirstRead.Page.Events.Skip(1)] }),
        ["a read goes on too far"] = (ViolationKind.WrongRead, h => h.FirstRead.Page = h.FirstRead.Page! with { Next = 3 }),
        ["an empty answer is stale"] = (ViolationKind.StaleRead, h => h.EmptyRead.Page = new PageAnswer([], 2, 0, 2)),
        ["latest is stale"] = (ViolationKind.StaleRead, h => h.Read(ReadFromKind.Latest, 0).Page = new PageAnswer([], 5, 0, 5)),
        ["beyond the end is stale"] = (ViolationKind.StaleRead, RefuseByAnOldEnd),
        ["a read delivers what is not stored yet"] = (ViolationKind.ReadAhead, h => h.Stored[1] = h.Stored[1] with { Step = 1000 }),
        ["the answered end is in the future"] = (ViolationKind.ReadAhead, h => h.EmptyRead.Page = h.EmptyRead.Page! with { LogEnd = 50 }),
        ["two tries are both said to have stored"] = (ViolationKind.WrongReplay, h => h.Repeat(h.First, isReplay: false)),
        ["something new is called a repeat"] = (ViolationKind.WrongReplay, h => h.First.Shares = [h.First.Shares[0] with { IsReplay = true }]),
        ["an offset is refused though the log ended there"] = (ViolationKind.WrongRefusal, h => h.Refuse(ErrorCode.OffsetMismatch, 7, ifOffset: 7)),
        ["an offset is refused by an end of before"] = (ViolationKind.WrongRefusal, h => h.Refuse(ErrorCode.OffsetMismatch, 3, ifOffset: 7)),
        ["a sequence that was due is a gap"] = (ViolationKind.WrongRefusal, h => h.Refuse(ErrorCode.SequenceGap, 2, new ProducerStamp("p", 1, 3))),
        ["a sequence is called reused that was not"] =
            (ViolationKind.WrongRefusal, h => h.Refuse(ErrorCode.SequenceReused, 0, new ProducerStamp("p", 1, 3))),
        ["an epoch is fenced by one that never appended"] = (ViolationKind.WrongRefusal, h => h.Refuse(ErrorCode.StaleEpoch, 2, new ProducerStamp("p", 1, 3))),
        ["a stream acknowledges whose deletion was answered"] =
            (ViolationKind.DeletedStreamAnswered, h => h.History.Closed[PlantedHistory.StreamId] = h.Second.Invoked - 1),
        ["a deleted stream acknowledges"] = (ViolationKind.DeletedStreamAnswered, h => h.History.Ended[PlantedHistory.StreamId] = h.Second.Invoked - 1),
    };

    public static TheoryData<string> Names => [.. Plants.Keys];

    [Fact]
    public void A_clean_history_has_no_violation() => Assert.Empty(new PlantedHistory().Check());

    [Fact]
    public void An_event_of_unknown_outcome_may_be_stored()
    {
        var history = new PlantedHistory();
        Array.Fill(history.Second.Verdicts, Verdict.Unknown);
        history.Second.Shares = [];
        Assert.Empty(history.Check());
    }

    [Fact]
    public void A_repeat_that_is_called_one_is_no_violation()
    {
        var history = new PlantedHistory();
        history.Repeat(history.First, isReplay: true);
        Assert.Empty(history.Check());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_fault_is_found(string name)
    {
        (ViolationKind kind, Action<PlantedHistory> plant) = Plants[name];
        var history = new PlantedHistory();
        plant(history);
        Assert.Contains(history.Check(), v => v.Kind == kind);
    }

    private static void Remove(PlantedHistory history, int offset)
    {
        history.Stored.RemoveAt(offset);
        history.Renumber();
    }

    private static void StoreTwice(PlantedHistory history)
    {
        history.Stored.Insert(3, history.Stored[2]);
        history.Renumber();
    }

    private static void PutSecondFirst(PlantedHistory history)
    {
        List<StoredEvent> stored = history.Stored;
        (stored[0], stored[1], stored[2]) = (stored[2] with { Step = stored[0].Step }, stored[0], stored[1]);
        history.Renumber();
        history.First.Shares = [history.First.Shares[0] with { Base = 1 }];
        history.Second.Shares = [history.Second.Shares[0] with { Base = 0 }];
    }

    private static void RefuseByAnOldEnd(PlantedHistory history)
    {
        ReadAttempt read = history.Read(ReadFromKind.Offset, 5);
        read.Page = null;
        read.Refusal = ErrorCode.OffsetBeyondEnd;
        read.RefusalFact = 4;
    }
}
