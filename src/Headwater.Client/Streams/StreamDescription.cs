using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>A stream as the service describes it.</summary>
public sealed record StreamDescription
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Unique to this stream: a stream that is created again under the name has another id.</summary>
    public required string StreamId { get; init; }

    /// <summary>Whether each event is the state of its key.</summary>
    public required bool IsEntity { get; init; }

    /// <summary>The number of partitions; they are numbered from 0.</summary>
    public required int Partitions { get; init; }

    /// <summary>The Avro schema of values as JSON; null if the stream has none.</summary>
    public required string? Schema { get; init; }

    /// <summary>The version of <see cref="Schema"/>, from 1.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>When the stream was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>How long a tombstone stays after compaction removed the older events of its key.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>What the stream is for; null if it has no text.</summary>
    public string? Doc { get; init; }
}

/// <summary>A partition's positions.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="LogStart">The first offset that can be read.</param>
/// <param name="LogEnd">The next offset to be assigned.</param>
/// <param name="Bytes">Stored bytes.</param>
public sealed record PartitionPositions(PartitionId Partition, Offset LogStart, Offset LogEnd, long Bytes);
