using Headwater.Simulation.History;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Checking;

/// <summary>
/// A view built from the compacted log equals one built from the full log: each key's latest event is visible, and deleted keys stay deleted. Only keys
/// replaced after the view's end may differ.
/// </summary>
internal sealed class ViewChecks(OperationHistory history, StoredLog log, List<Violation> violations)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(3);

    private readonly CompactedLog _compacted = new(history, log);

    public void Check()
    {
        foreach (ViewAttempt view in history.Views)
        {
            // A consumer slower than the tombstone retention may miss tombstones; this is documented.
            if (history.TombstonesKept is { } kept && view.Took + Tolerance < kept)
            {
                Check(view);
            }
        }
    }

    private void Check(ViewAttempt view)
    {
        var key = new PartitionKey(view.StreamId, view.Partition);
        IReadOnlyList<StoredEvent> events = log.Of(key);
        Dictionary<string, StoredEvent> seen = Latest(view.Offsets.Select(o => events[(int)o]));
        foreach ((string name, StoredEvent newest) in Latest(events.Take((int)view.Next).Where(e => e.Offset >= view.LogStart)))
        {
            long successor = _compacted.Successor(key, newest.Offset);
            bool isReplacedSince = successor < events.Count && events[(int)successor].Step <= view.Returned;
            StoredEvent? shown = seen.GetValueOrDefault(name);
            bool isSame = newest.IsTombstone ? shown is null or { IsTombstone: true } : shown?.Offset == newest.Offset;
            if (!isSame && !isReplacedSince)
            {
                ViolationKind kind = shown is null ? ViolationKind.Lost : ViolationKind.Resurrected;
                violations.Add(
                    new Violation(
                        kind,
                        $"a view of {key} up to {view.Next} has {name} as of {shown?.Offset}, but its latest event is "
                            + $"{newest.Offset}{(newest.IsTombstone ? ", a tombstone" : "")}"));
            }
        }
    }

    private static Dictionary<string, StoredEvent> Latest(IEnumerable<StoredEvent> events)
    {
        var latest = new Dictionary<string, StoredEvent>();
        foreach (StoredEvent stored in events.Where(e => e.Key is not null))
        {
            latest[stored.Key!] = stored;
        }

        return latest;
    }
}
