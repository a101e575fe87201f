namespace Headwater.Client;

/// <summary>The settings of a new stream.</summary>
public sealed record StreamSettings
{
    /// <summary>Whether each event is the state of its key, and older events of a key are compacted away. Then every event has a key. Default false.</summary>
    public bool IsEntity { get; init; }

    /// <summary>Partitions, 1 to 1,024; cannot be changed. Default 1.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>
    /// The Avro schema as JSON. Null: derived from the C# type by <see cref="EventStream{T}.EnsureAsync"/>, otherwise none, and values are any JSON.
    /// </summary>
    public string? Schema { get; init; }

    /// <summary><c>deflate</c>, <c>null</c> or <c>zstandard</c>; cannot be changed. Null: deflate.</summary>
    public string? Codec { get; init; }

    /// <summary>Events older than this are deleted. Null: no limit by age.</summary>
    public TimeSpan? RetentionTime { get; init; }

    /// <summary>Bytes per partition that retention keeps, at least 1,048,576. Null: no limit by size.</summary>
    public long? RetentionBytes { get; init; }

    /// <summary>A segment with an event younger than this is not compacted. Null: 1 hour.</summary>
    public TimeSpan? CompactionMinLag { get; init; }

    /// <summary>How long a tombstone stays after compaction removed the older events of its key. Null: 1 day.</summary>
    public TimeSpan? TombstoneRetention { get; init; }

    /// <summary>Who owns the stream, as text for people.</summary>
    public string? Owner { get; init; }

    /// <summary>What the stream is for, as text for people.</summary>
    public string? Doc { get; init; }

    /// <summary>Labels, as text for people.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}
