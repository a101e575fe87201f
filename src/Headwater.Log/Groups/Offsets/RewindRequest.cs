using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Read;

namespace Headwater.Log.Groups.Offsets;

/// <summary>Sets committed offsets back or forth.</summary>
/// <param name="To">An offset is brought within each partition's log; a time is by append time.</param>
/// <param name="Partitions">Null: all.</param>
/// <param name="DryRun">Only says what it would do.</param>
/// <param name="Force">Resets the offsets even if the group has live members; they must then rejoin.</param>
public sealed record RewindRequest(ReadFrom To, IReadOnlyList<PartitionId>? Partitions, bool DryRun, bool Force);

/// <param name="Generation">Now.</param>
/// <param name="Applied">False for a dry run.</param>
/// <param name="Offsets">Of each partition asked for, in order.</param>
public sealed record RewindOutcome(Generation Generation, bool Applied, IReadOnlyList<RewoundOffset> Offsets);

/// <param name="Partition">Which partition.</param>
/// <param name="Before">Null: nothing was committed.</param>
/// <param name="After">The next one to read.</param>
public sealed record RewoundOffset(PartitionId Partition, Offset? Before, Offset After);
