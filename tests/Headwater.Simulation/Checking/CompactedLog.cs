using Headwater.Simulation.History;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Checking;

/// <summary>
/// Defines which events compaction may remove from an entity stream, and when: an event whose key has a later event, and a tombstone whose retention has
/// passed.
/// </summary>
internal sealed class CompactedLog(OperationHistory history, StoredLog log)
{
    /// <summary>The largest amount by which an instance's estimate of storage time may run ahead.</summary>
    private const long Tolerance = 3_000_000;

    private readonly Dictionary<PartitionKey, long[]> _successors = [];

    /// <param name="streamId">The stream's id.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">The event's offset.</param>
    /// <param name="step">Only events stored by this step count.</param>
    /// <param name="at">Storage time, in Unix microseconds.</param>
    public bool MayBeGone(string streamId, int partition, long offset, long step, long at)
    {
        IReadOnlyList<StoredEvent> events = log.Of(streamId, partition);
        if (history.TombstonesKept is not { } kept || offset >= events.Count || events[(int)offset] is not { Key: not null } stored)
        {
            return false;
        }

        long successor = Successor(new PartitionKey(streamId, partition), offset);
        bool isReplaced = successor < events.Count && events[(int)successor].Step <= step;
        return isReplaced || (stored.IsTombstone && stored.Appended + (long)kept.TotalMicroseconds <= at + Tolerance);
    }

    /// <summary>The offset of the next event with the same key; past the end if there is none.</summary>
    public long Successor(PartitionKey key, long offset)
    {
        if (!_successors.TryGetValue(key, out long[]? successors))
        {
            IReadOnlyList<StoredEvent> events = log.Of(key);
            successors = new long[events.Count];
            var next = new Dictionary<string, long>();
            for (int i = events.Count - 1; i >= 0; i--)
            {
                successors[i] = events[i].Key is { } name && next.TryGetValue(name, out long later) ? later : long.MaxValue;
                if (events[i].Key is { } own)
                {
                    next[own] = i;
                }
            }

            _successors[key] = successors;
        }

        return successors[offset];
    }
}
