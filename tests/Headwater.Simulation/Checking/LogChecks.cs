using Headwater.Simulation.History;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Checking;

/// <summary>Checks the stored log alone: offsets are dense, append times never decrease, and each producer's sequences have no gap and no repeat.</summary>
internal sealed class LogChecks(StoredLog log, List<Violation> violations)
{
    public void Check()
    {
        foreach ((PartitionKey key, IReadOnlyList<StoredEvent> events) in log.Partitions)
        {
            CheckPlaces(key, events);
            CheckSequences(key, events);
        }
    }

    private void CheckPlaces(PartitionKey key, IReadOnlyList<StoredEvent> events)
    {
        for (int i = 0; i < events.Count; i++)
        {
            if (events[i].Offset != i)
            {
                violations.Add(new Violation(ViolationKind.Gap, $"{key}: offset {events[i].Offset} stands where {i} is due"));
                return;
            }

            if (i > 0 && events[i].Appended < events[i - 1].Appended)
            {
                violations.Add(new Violation(ViolationKind.TimeReversed, $"{key}: offset {i} was appended before the one before it"));
            }
        }
    }

    private void CheckSequences(PartitionKey key, IReadOnlyList<StoredEvent> events)
    {
        var last = new Dictionary<string, ProducerStamp>();
        foreach (StoredEvent stored in events)
        {
            if (stored.Producer is not { } stamp)
            {
                continue;
            }

            bool follows = last.TryGetValue(stamp.Id, out ProducerStamp? before)
                ? stamp.Epoch == before.Epoch ? stamp.Sequence == before.Sequence + 1 : stamp.Epoch > before.Epoch && stamp.Sequence == 0
                : stamp.Sequence == 0;
            if (!follows)
            {
                violations.Add(new Violation(ViolationKind.SequenceBroken, $"{key}: offset {stored.Offset} has {stamp} after {before}"));
            }

            last[stamp.Id] = stamp;
        }
    }
}
