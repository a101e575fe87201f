using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>An offset of a partition: of an event, or of the next event to read.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset.</param>
public readonly record struct EventPosition(PartitionId Partition, Offset Offset)
{
    /// <summary><c>3/1200</c>.</summary>
    public override string ToString() => $"{Partition}/{Offset}";
}
