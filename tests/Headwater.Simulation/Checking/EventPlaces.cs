using Headwater.Simulation.History;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Checking;

/// <summary>The offset of each event, by stream and event id. Reports a violation if an event is stored twice.</summary>
internal sealed class EventPlaces
{
    private readonly Dictionary<(string StreamId, long Id), (int Partition, StoredEvent Event)> _places = [];

    public EventPlaces(StoredLog log, List<Violation> violations)
    {
        foreach ((PartitionKey key, IReadOnlyList<StoredEvent> events) in log.Partitions)
        {
            foreach (StoredEvent stored in events)
            {
                if (!_places.TryAdd((key.StreamId, stored.Id), (key.Partition, stored)))
                {
                    violations.Add(new Violation(ViolationKind.Duplicated, $"event {stored.Id} stands at {key} offset {stored.Offset} and before"));
                }
            }
        }
    }

    public IEnumerable<(string StreamId, long Id)> All => _places.Keys;

    public (int Partition, StoredEvent Event)? Find(string streamId, long id) => _places.TryGetValue((streamId, id), out var place) ? place : null;
}
