using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;

namespace Headwater.Log.Model;

/// <summary>A stream as described by one version of its <c>stream.json</c>. Immutable; may be out of date.</summary>
public sealed record StreamDescription
{
    /// <summary>The name, unique among live streams. A stream created again after deletion has the same name but another <see cref="StreamId"/>.</summary>
    public required StreamName Name { get; init; }

    /// <summary>Random per creation, 32 lowercase hex digits. Distinguishes a re-created stream from the deleted one.</summary>
    public required string StreamId { get; init; }

    /// <summary>The settings, including changes since creation. Its schema is the newest version.</summary>
    public required StreamSettings Settings { get; init; }

    /// <summary>When the retention of <see cref="Settings"/> takes effect; null if it is in force.</summary>
    public RetentionDelay? RetentionDelay { get; init; }

    /// <summary>When the stream was created, by the storage service's clock.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The version of <see cref="Schema"/>, from 1. A stream without a schema has version 1.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The newest schema, compiled; <see cref="ValueSchema.Bytes"/> for a stream without a schema.</summary>
    public required ValueSchema Schema { get; init; }

    /// <summary>Log start offsets by partition; a missing partition starts at 0. Log starts never go down.</summary>
    public required IReadOnlyDictionary<PartitionId, Offset> LogStarts { get; init; }

    /// <summary>The number of partitions, 1 to 1,024. They are numbered from 0, and their number never changes.</summary>
    public int Partitions => Settings.Partitions;

    /// <summary>The partition with this number.</summary>
    /// <exception cref="HeadwaterException">PartitionNotFound: the number is not 0 to <see cref="Partitions"/> - 1.</exception>
    public PartitionId Partition(long number) => number >= 0 && number < Partitions
        ? new PartitionId((int)number)
        : throw new HeadwaterException(ErrorCode.PartitionNotFound, $"Stream '{Name}' has no partition {number}; valid partitions are 0 to {Partitions - 1}.")
        {
            Facts = new PartitionCountFacts(Partitions),
        };

    /// <summary>Checks that the stream has this partition.</summary>
    /// <exception cref="HeadwaterException">PartitionNotFound.</exception>
    public void RequirePartition(PartitionId partition) => Partition(partition.Value);

    /// <summary>The retention in force at a time of the storage service's clock; null keeps every event.</summary>
    public RetentionSettings? RetentionAt(UnixMicros now) =>
        RetentionChangesAt(now) is null ? Settings.Retention : RetentionDelay!.UntilThen;

    /// <summary>When a waiting retention takes effect; null if none waits.</summary>
    public UnixMicros? RetentionChangesAt(UnixMicros now) =>
        RetentionDelay is { } delay && now < UnixMicros.From(delay.EffectiveFrom) ? UnixMicros.From(delay.EffectiveFrom) : null;

    /// <summary>The lowest offset that can be read from the partition; retention raises it.</summary>
    /// <param name="partition">Not checked: an unknown partition starts at 0.</param>
    public Offset LogStart(PartitionId partition) => LogStarts.GetValueOrDefault(partition, Offset.Zero);
}
