using Headwater.Simulation.History;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Checking;

/// <summary>
/// The offset of each event, by stream and event id. Reports a violation if an event is stored twice, unless its request has a key that the log no longer
/// remembered when it was sent again.
/// </summary>
internal sealed class EventPlaces
{
    private readonly HashSet<(string StreamId, long Id)> _again = [];

    private readonly Dictionary<(string StreamId, long Id), (int Partition, StoredEvent Event)> _places = [];

    public EventPlaces(StoredLog log, OperationHistory history, List<Violation> violations)
    {
        HashSet<(string StreamId, long Id)> keyed = [.. history.Appends.Where(a => a.IsKeyed).SelectMany(a => a.Events.Select(e => (a.StreamId, e.Id)))];
        foreach ((PartitionKey key, IReadOnlyList<StoredEvent> events) in log.Partitions)
        {
            foreach (StoredEvent stored in events)
            {
                (string, long) id = (key.StreamId, stored.Id);
                if (_places.TryAdd(id, (key.Partition, stored)))
                {
                    continue;
                }

                (int partition, StoredEvent first) = _places[id];
                if (keyed.Contains(id) && partition == key.Partition && stored.Appended - first.Appended > (long)history.KeyWindow.TotalMicroseconds
                    && !history.Recalled.Any(a => a.StreamId == key.StreamId && Stored(a, key.Partition, stored) && a.Invoked > first.Step))
                {
                    _again.Add(id);
                }
                else
                {
                    violations.Add(new Violation(
                        ViolationKind.Duplicated,
                        $"event {stored.Id} is stored at {key} offset {stored.Offset} and, "
                            + $"{stored.Appended - first.Appended} us before, at {partition} offset {first.Offset}"));
                }
            }
        }
    }

    /// <summary>Whether the event was stored again after its key was forgotten; the place is that of its first copy.</summary>
    public bool IsStoredAgain(string streamId, long id) => _again.Contains((streamId, id));

    private static bool Stored(AppendAttempt attempt, int partition, StoredEvent stored) =>
        attempt.Shares.Any(s => !s.IsReplay && s.Partition == partition && s.Base <= stored.Offset && stored.Offset < s.Base + s.Events.Count);

    public IEnumerable<(string StreamId, long Id)> All => _places.Keys;

    public (int Partition, StoredEvent Event)? Find(string streamId, long id) => _places.TryGetValue((streamId, id), out var place) ? place : null;
}
