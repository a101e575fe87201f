using Headwater.Contracts.Errors;
using Headwater.Log.Read;
using Headwater.Simulation.History;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Checking;

/// <summary>
/// A small correct history for tests to break: one client makes six sequential appends to one partition, three of them as a sequenced producer, with
/// reads in between.
/// </summary>
internal sealed class PlantedHistory
{
    public const string StreamId = "0123456789abcdef0123456789abcdef";

    private long _step;

    public PlantedHistory()
    {
        First = Append(1, 2);
        FirstRead = Read(ReadFromKind.Offset, 0, 0, 1);
        Second = Append(3);
        EmptyRead = Read(ReadFromKind.Offset, 3);
        Sequenced0 = Append(new ProducerStamp("p", 1, 0), 4, 5);
        Sequenced1 = Append(new ProducerStamp("p", 1, 1), 6);
        Refused = Append(7);
        Take(Refused, Verdict.NotStored);
        Sequenced2 = Append(new ProducerStamp("p", 1, 2), 8);
        LastRead = Read(ReadFromKind.Earliest, 0, 0, 1, 2, 3, 4, 5, 6);
    }

    public OperationHistory History { get; } = new();

    /// <summary>The stored events. Tests edit this list to plant faults.</summary>
    public List<StoredEvent> Stored { get; } = [];

    public AppendAttempt First { get; }

    public ReadAttempt FirstRead { get; }

    public AppendAttempt Second { get; }

    public ReadAttempt EmptyRead { get; }

    public AppendAttempt Sequenced0 { get; }

    public AppendAttempt Sequenced1 { get; }

    /// <summary>A request that was answered "not stored" and is not stored.</summary>
    public AppendAttempt Refused { get; }

    public AppendAttempt Sequenced2 { get; }

    public ReadAttempt LastRead { get; }

    public IReadOnlyList<Violation> Check() =>
        HistoryChecker.Check(History, new StoredLog(new Dictionary<PartitionKey, IReadOnlyList<StoredEvent>> { [new PartitionKey(StreamId, 0)] = Stored }));

    /// <summary>Renumbers the stored events after a test adds or removes some.</summary>
    public void Renumber()
    {
        for (int i = 0; i < Stored.Count; i++)
        {
            Stored[i] = Stored[i] with { Offset = i };
        }
    }

    public void Replace(AppendAttempt old, AppendAttempt changed) => History.Appends[History.Appends.IndexOf(old)] = changed;

    public ReadAttempt Read(ReadFromKind from, long value, params long[] offsets)
    {
        var read = new ReadAttempt { Client = "reader", StreamId = StreamId, Partition = 0, From = from, FromValue = value, Invoked = ++_step };
        ReadEvent[] events = [.. offsets.Select(o => new ReadEvent(o, Stored[(int)o].Id, Stored[(int)o].Appended))];
        long next = events.Length == 0 ? Stored.Count : events[^1].Offset + 1;
        read.Page = new PageAnswer(events, next, 0, Stored.Count);
        read.Returned = ++_step;
        History.Reads.Add(read);
        return read;
    }

    public AppendAttempt Append(params long[] ids) => Append(null, ids);

    /// <summary>A second attempt at a request, with the answer of the given attempt.</summary>
    public AppendAttempt Repeat(AppendAttempt of, bool isReplay)
    {
        AppendAttempt again = Attempt(of.Request, of.Producer, [.. of.Events.Select(e => e.Id)]);
        again.Shares = [.. of.Shares.Select(s => s with { IsReplay = isReplay })];
        Array.Fill(again.Verdicts, Verdict.Stored);
        again.Returned = ++_step;
        return again;
    }

    /// <summary>A request that was refused with the given code.</summary>
    public AppendAttempt Refuse(ErrorCode code, long fact, ProducerStamp? producer = null, long? ifOffset = null)
    {
        AppendAttempt attempt = Attempt(History.Appends.Count, producer, [100], ifOffset);
        Array.Fill(attempt.Verdicts, Verdict.NotStored);
        attempt.Refusal = code;
        attempt.RefusalFact = fact;
        attempt.Returned = ++_step;
        return attempt;
    }

    private AppendAttempt Append(ProducerStamp? producer, params long[] ids)
    {
        AppendAttempt attempt = Attempt(History.Appends.Count, producer, ids);
        attempt.Shares = [new ShareAnswer(0, Stored.Count, [.. Enumerable.Range(0, ids.Length)], IsReplay: false)];
        Array.Fill(attempt.Verdicts, Verdict.Stored);
        long stored = ++_step;
        foreach (long id in ids)
        {
            // A batch's first event carries its record.
            Stored.Add(new StoredEvent(Stored.Count, id, 1_000_000 + stored, stored, id == ids[0] ? producer : null));
        }

        attempt.Returned = ++_step;
        return attempt;
    }

    private AppendAttempt Attempt(long request, ProducerStamp? producer, long[] ids, long? ifOffset = null)
    {
        var attempt = new AppendAttempt
        {
            Request = request,
            Client = "writer",
            StreamId = StreamId,
            Partitions = 1,
            Target = 0,
            Events = [.. ids.Select(id => new SentEvent(id, null))],
            Producer = producer,
            IfOffset = ifOffset,
            Invoked = ++_step,
            Verdicts = new Verdict[ids.Length],
        };
        History.Appends.Add(attempt);
        return attempt;
    }

    private void Take(AppendAttempt attempt, Verdict verdict)
    {
        Stored.RemoveAt(Stored.Count - 1);
        attempt.Shares = [];
        Array.Fill(attempt.Verdicts, verdict);
    }
}
