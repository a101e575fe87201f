using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;

namespace Headwater.Log.Model;

/// <summary>A live stream as of one version of its <c>stream.json</c>. Immutable.</summary>
public sealed record StreamDescription
{
    public required StreamName Name { get; init; }

    /// <summary>Random per creation, 32 lowercase hex digits: keeps a re-created stream apart from the old one.</summary>
    public required string StreamId { get; init; }

    public required StreamSettings Settings { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Starts at 1.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The newest schema, compiled.</summary>
    public required ValueSchema Schema { get; init; }

    /// <summary>Log start offsets by partition; a partition not named starts at 0.</summary>
    public required IReadOnlyDictionary<PartitionId, Offset> LogStarts { get; init; }

    public int Partitions => Settings.Partitions;

    /// <summary>The partition of this number.</summary>
    /// <exception cref="HeadwaterException">PartitionNotFound.</exception>
    public PartitionId Partition(long number) => number >= 0 && number < Partitions
        ? new PartitionId((int)number)
        : throw new HeadwaterException(ErrorCode.PartitionNotFound, $"Stream '{Name}' has no partition {number}; valid partitions are 0 to {Partitions - 1}.")
        {
            Facts = new PartitionCountFacts(Partitions),
        };

    /// <inheritdoc cref="Partition"/>
    public void RequirePartition(PartitionId partition) => Partition(partition.Value);

    public Offset LogStart(PartitionId partition) => LogStarts.GetValueOrDefault(partition, Offset.Zero);
}
