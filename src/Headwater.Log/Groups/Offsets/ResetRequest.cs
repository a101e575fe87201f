using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Read;

namespace Headwater.Log.Groups.Offsets;

/// <summary>Moves a group's committed offsets back or forward.</summary>
/// <param name="To">The new offset in every partition. An offset outside a partition's log becomes its log start or log end; a time is an append time.</param>
/// <param name="Partitions">The partitions to reset; null for all.</param>
/// <param name="DryRun">If true, changes nothing and reports what a reset would do.</param>
/// <param name="Force">Resets the offsets even if the group has live members; they must then rejoin.</param>
public sealed record ResetRequest(ReadFrom To, IReadOnlyList<PartitionId>? Partitions, bool DryRun, bool Force);

/// <summary>The outcome of an offset reset.</summary>
/// <param name="Generation">The group's generation after the reset; the current one for a dry run.</param>
/// <param name="Applied">False for a dry run.</param>
/// <param name="Offsets">The offsets of the requested partitions, in partition order.</param>
public sealed record ResetOutcome(Generation Generation, bool Applied, IReadOnlyList<PartitionReset> Offsets);

/// <summary>A partition's committed offset before and after a reset.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Before">The offset before the reset; null if none was committed.</param>
/// <param name="After">The offset after the reset: the next offset to read.</param>
public sealed record PartitionReset(PartitionId Partition, Offset? Before, Offset After);
