using Headwater.Simulation.History;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Checking;

/// <summary>What compaction may take from the full log, and when: of an entity stream every event whose key has a later one, and tombstones that have stayed long enough.</summary>
internal sealed class CompactedLog(OperationHistory history, StoredLog log)
{
    /// <summary>How far an instance's notion of storage's time may be ahead.</summary>
    private const long Tolerance = 3_000_000;

    private readonly Dictionary<PartitionKey, long[]> _successors = [];

    /// <param name="streamId">Of the stream.</param>
    /// <param name="partition">Of it.</param>
    /// <param name="offset">Of the event.</param>
    /// <param name="step">What was stored by then counts.</param>
    /// <param name="at">Storage's time, in Unix microseconds.</param>
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

    /// <summary>The next event of the same key; past the end if there is none.</summary>
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
