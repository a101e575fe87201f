using Headwater.Contracts.Errors;
using Headwater.Log.Read;
using Headwater.Simulation.History;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Checking;

/// <summary>Every read is a slice of the log. An answer "no events" or a log end must have been true at some moment between request and answer.</summary>
internal sealed class ReadChecks(OperationHistory history, StoredLog log, List<Violation> violations)
{
    private readonly CompactedLog _compacted = new(history, log);

    public void Check()
    {
        foreach (ReadAttempt read in history.Reads.Where(r => r.StreamId.Length > 0 && r.Returned != long.MaxValue))
        {
            if (read.Page is { } page)
            {
                CheckSlice(read, page);
                CheckStart(read, page);
                CheckEnd(read, page);
            }
            else
            {
                CheckRefusal(read);
            }
        }
    }

    private void CheckSlice(ReadAttempt read, PageAnswer page)
    {
        IReadOnlyList<StoredEvent> stored = log.Of(read.StreamId, read.Partition);
        for (int i = 0; i < page.Events.Count; i++)
        {
            ReadEvent delivered = page.Events[i];
            bool isDense = i == 0 || AreGone(read, page.Events[i - 1].Offset + 1, delivered.Offset);
            bool isStored = delivered.Offset < stored.Count && stored[(int)delivered.Offset] is var there && there.Id == delivered.Id
                && there.Appended == delivered.Appended;
            if (!isDense || !isStored)
            {
                Add(ViolationKind.WrongRead, $"{read} delivered event {delivered.Id} at {delivered.Offset}");
                return;
            }

            if (stored[(int)delivered.Offset].Step > read.Returned)
            {
                Add(ViolationKind.ReadAhead, $"{read} delivered event {delivered.Id} before it was stored");
            }
        }

        if (page.Events.Count > 0 && !AreGone(read, page.Events[^1].Offset + 1, page.Next))
        {
            Add(ViolationKind.WrongRead, $"{read} delivered up to {page.Events[^1].Offset} and says that {page.Next} is next");
        }
    }

    /// <summary>The first delivered event is the requested one.</summary>
    private void CheckStart(ReadAttempt read, PageAnswer page)
    {
        if (read.From == ReadFromKind.Time)
        {
            CheckTime(read, page);
            return;
        }

        long? asked = read.From switch
        {
            ReadFromKind.Offset => read.FromValue,
            ReadFromKind.Earliest => page.LogStart,
            _ => null,
        };
        if (asked is not { } start)
        {
            return;
        }

        bool begins = page.Events.Count == 0
            ? page.Next == start
            : AreGone(read, start, page.Events[0].Offset) || (page.MayBeginEarlier && page.Events[0].Offset < start && page.Next > start);
        if (!begins)
        {
            Add(ViolationKind.WrongRead, $"{read} begins at {(page.Events.Count == 0 ? page.Next : page.Events[0].Offset)}");
        }
    }

    private void CheckTime(ReadAttempt read, PageAnswer page)
    {
        IReadOnlyList<StoredEvent> stored = log.Of(read.StreamId, read.Partition);
        long start = page.Events.Count == 0 ? page.Next : page.Events[0].Offset;
        long earlier = start;
        while (earlier > 0 && earlier > page.LogStart && stored[(int)earlier - 1].Appended >= read.FromValue)
        {
            earlier--;
        }

        bool nothingEarlier = AreGone(read, earlier, start);

        // A read from a future time starts at the log end.
        bool isSince = page.Events.Count == 0 || page.Events[0].Appended >= read.FromValue || start >= log.EndAt(read.StreamId, read.Partition, read.Invoked);
        if (!nothingEarlier || !isSince)
        {
            Add(ViolationKind.WrongRead, $"{read} begins at {start}, which is not the first since then");
        }
    }

    /// <summary>Whether compaction may have removed all of these offsets by the time of the answer.</summary>
    private bool AreGone(ReadAttempt read, long from, long to)
    {
        bool areGone = from <= to;
        for (long offset = from; areGone && offset < to; offset++)
        {
            areGone = _compacted.MayBeGone(read.StreamId, read.Partition, offset, read.Returned, read.ReturnedAt);
        }

        return areGone;
    }

    private void CheckEnd(ReadAttempt read, PageAnswer page)
    {
        long atReturn = log.EndAt(read.StreamId, read.Partition, read.Returned);
        if (page.LogEnd > atReturn || page.Next > atReturn)
        {
            Add(ViolationKind.ReadAhead, $"{read} says next {page.Next} and end {page.LogEnd}, but the log ended at {atReturn}");
        }

        bool saysEnd = page.Events.Count == 0;
        long atInvocation = log.EndAt(read.StreamId, read.Partition, read.Invoked);
        if (saysEnd && (page.Next < atInvocation || page.LogEnd < atInvocation))
        {
            Add(ViolationKind.StaleRead, $"{read} says that {page.Next} is the end, but {atInvocation} events were stored when it was asked");
        }

        if (history.Ended.TryGetValue(read.StreamId, out long ended) && read.Invoked > ended)
        {
            Add(ViolationKind.DeletedStreamAnswered, $"{read} was answered, but the stream was gone since {ended}");
        }
    }

    private void CheckRefusal(ReadAttempt read)
    {
        if (read.Refusal == ErrorCode.OffsetBelowStart)
        {
            var key = new PartitionKey(read.StreamId, read.Partition);
            bool wasSet =
                read.RefusalFact > read.FromValue && history.LogStarts.Any(s => s.Partition == key && s.Start == read.RefusalFact && s.Step <= read.Returned);
            if (!wasSet)
            {
                Add(ViolationKind.WrongRefusal, $"the answer to {read} says that the log starts at {read.RefusalFact}");
            }
        }

        if (read.Refusal != ErrorCode.OffsetBeyondEnd)
        {
            return;
        }

        long? end = read.RefusalFact;
        bool isTrue = end < read.FromValue && end >= log.EndAt(read.StreamId, read.Partition, read.Invoked)
            && end <= log.EndAt(read.StreamId, read.Partition, read.Returned);
        if (!isTrue)
        {
            Add(
                ViolationKind.StaleRead,
                $"the answer to {read} says that the log ends at {end}; "
                    + $"it ended at {log.EndAt(read.StreamId, read.Partition, read.Invoked)} when it was asked");
        }
    }

    private void Add(ViolationKind kind, string what) => violations.Add(new Violation(kind, what));
}
