using Headwater.Log.Groups.Rows;
using Headwater.Log.Model;

namespace Headwater.Log.Groups.Offsets;

/// <summary>What this process has seen of groups: rows read as a whole serve the next heartbeats, and offsets the metrics of lag.</summary>
internal sealed class GroupSight(KnownGroups known, GroupLag lag)
{
    /// <summary>Takes note of all rows of a group.</summary>
    public void All(StreamName stream, GroupKey key, GroupState state)
    {
        known.Put(key, state);
        lag.See(stream, key.StreamId, key.Group, state.Committed);
    }

    /// <summary>Takes note of some rows of a group.</summary>
    public void Some(StreamName stream, GroupKey key, GroupState state) => lag.Update(stream, key.StreamId, key.Group, state.Committed);
}
