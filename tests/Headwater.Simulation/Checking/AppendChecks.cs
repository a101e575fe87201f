using Headwater.Core.Partitioning;
using Headwater.Simulation.History;

namespace Headwater.Simulation.Checking;

/// <summary>Compares every append request with the log: acknowledged, refused and unknown outcomes, complete shares, repeats, order in time.</summary>
internal sealed class AppendChecks(OperationHistory history, StoredLog log, EventPlaces places, List<Violation> violations)
{
    public void Check()
    {
        CheckNothingInvented();
        foreach (IGrouping<(string StreamId, long Request), AppendAttempt> request in history.Appends
            .Where(a => a.StreamId.Length > 0)
            .GroupBy(a => (a.StreamId, a.Request)))
        {
            AppendAttempt[] attempts = [.. request];
            for (int i = 0; i < attempts[0].Events.Count; i++)
            {
                CheckEvent(attempts, i);
            }

            CheckWhole(attempts[0]);
            CheckReplays(attempts);
            foreach (AppendAttempt attempt in attempts)
            {
                CheckAnswer(attempt);
            }
        }
    }

    private void CheckNothingInvented()
    {
        HashSet<(string, long)> sent = [.. history.Appends.SelectMany(a => a.Events.Select(e => (a.StreamId, e.Id)))];
        foreach ((string streamId, long id) in places.All)
        {
            if (!sent.Contains((streamId, id)))
            {
                Add(ViolationKind.Invented, $"event {id} was never sent to stream {streamId}");
            }
        }
    }

    private void CheckEvent(AppendAttempt[] attempts, int index)
    {
        AppendAttempt first = attempts[0];
        bool isThere = places.Find(first.StreamId, first.Events[index].Id) is not null;
        if (!isThere && attempts.FirstOrDefault(a => a.Verdicts[index] == Verdict.Stored) is { } told)
        {
            Add(ViolationKind.Lost, $"event {first.Events[index].Id} of {told} is not there");
        }

        if (isThere && attempts.All(a => a.Verdicts[index] == Verdict.NotStored))
        {
            Add(ViolationKind.StoredAfterAll, $"event {first.Events[index].Id} of {first} is there, but the answer was {first.Refusal}");
        }
    }

    /// <summary>A partition stores all events of a request, consecutively, or none.</summary>
    private void CheckWhole(AppendAttempt request)
    {
        int? unkeyedPartition =
            request.Events.Where(e => e.Key is null).Select(e => places.Find(request.StreamId, e.Id)?.Partition).FirstOrDefault(p => p is not null);
        var byPartition = request.Events.GroupBy(e => e.Key is { } key ? KeyPartitioner.For(key, request.Partitions).Value : unkeyedPartition ?? -1);
        foreach (IGrouping<int, SentEvent> share in byPartition)
        {
            long[] offsets = [.. share.Select(e => places.Find(request.StreamId, e.Id) is { } place && place.Partition == share.Key ? place.Event.Offset : -1)];
            bool none = offsets.All(o => o < 0);
            bool whole = offsets.Select((o, i) => o == offsets[0] + i).All(x => x) && offsets[0] >= 0;
            if (!none && !whole)
            {
                Add(ViolationKind.Torn, $"{request} stands at {string.Join(' ', offsets)} of partition {share.Key}");
            }
        }
    }

    private void CheckReplays(AppendAttempt[] attempts)
    {
        foreach (IGrouping<int, (AppendAttempt Attempt, ShareAnswer Share)> partition in attempts
            .SelectMany(a => a.Shares.Select(s => (a, s)))
            .GroupBy(p => p.s.Partition))
        {
            (AppendAttempt Attempt, ShareAnswer Share)[] original = [.. partition.Where(p => !p.Share.IsReplay)];
            if (original.Length > 1)
            {
                Add(ViolationKind.WrongReplay, $"{original[1].Attempt} and an attempt before are both said to have stored partition {partition.Key}");
            }

            // An attempt cannot be a repeat if no other attempt can have stored the events.
            if (original.Length == 0 && attempts.Length == 1)
            {
                Add(ViolationKind.WrongReplay, $"{attempts[0]} was sent once and is called a repeat");
            }
        }
    }

    private void CheckAnswer(AppendAttempt attempt)
    {
        foreach (ShareAnswer share in attempt.Shares)
        {
            if (share.Base is not { } start)
            {
                continue;
            }

            for (int i = 0; i < share.Events.Count; i++)
            {
                var place = places.Find(attempt.StreamId, attempt.Events[share.Events[i]].Id);
                if (place is { } stored && (stored.Partition != share.Partition || stored.Event.Offset != start + i))
                {
                    Add(
                        ViolationKind.Misplaced,
                        $"{attempt} was acknowledged at {share.Partition}:{start + i}, but the event is stored at {stored.Partition}:{stored.Event.Offset}");
                }
            }

            CheckTime(attempt, share, start);
        }

        if (attempt.Shares.Count > 0 && history.Closed.TryGetValue(attempt.StreamId, out long closed) && attempt.Invoked > closed)
        {
            Add(ViolationKind.DeletedStreamAnswered, $"{attempt} was acknowledged, but the stream's deletion was answered at {closed}");
        }

        bool afterEnd = history.Ended.TryGetValue(attempt.StreamId, out long ended) && attempt.Invoked > ended;
        if (afterEnd && attempt.Shares.Count > 0)
        {
            Add(ViolationKind.DeletedStreamAnswered, $"{attempt} was acknowledged, but the stream was gone since {ended}");
        }
    }

    /// <summary>Events that an attempt stored itself follow every event stored before the attempt began, and start at its If-Offset.</summary>
    private void CheckTime(AppendAttempt attempt, ShareAnswer share, long start)
    {
        if (share.IsReplay)
        {
            return;
        }

        if (start < log.EndAt(attempt.StreamId, share.Partition, attempt.Invoked))
        {
            Add(ViolationKind.Reordered, $"{attempt} stands at {start}, before what was stored when it was made");
        }

        if (attempt.IfOffset is { } expected && expected != start)
        {
            Add(ViolationKind.Misplaced, $"{attempt} stands at {start}");
        }
    }

    private void Add(ViolationKind kind, string what) => violations.Add(new Violation(kind, what));
}
