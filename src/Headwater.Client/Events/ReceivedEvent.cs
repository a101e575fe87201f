using System.Collections.Frozen;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>An event of the log.</summary>
/// <typeparam name="T">The type of values.</typeparam>
public readonly record struct ReceivedEvent<T>
{
    private readonly IReadOnlyDictionary<string, string>? _headers;

    /// <summary>The event's partition.</summary>
    public required PartitionId Partition { get; init; }

    /// <summary>The event's offset in its partition.</summary>
    public required Offset Offset { get; init; }

    /// <summary>When the event was appended, by the storage service's clock. Never goes back within a partition.</summary>
    public required UnixMicros Appended { get; init; }

    /// <summary>The key; null if the event has none.</summary>
    public string? Key { get; init; }

    /// <summary>The value; default for a tombstone.</summary>
    public T? Value { get; init; }

    /// <summary>Whether the event has no value.</summary>
    public bool IsTombstone { get; init; }

    /// <summary>When the event happened; null if its producer did not say.</summary>
    public UnixMicros? Time { get; init; }

    /// <summary>Texts beside the value; empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Headers
    {
        get => _headers ?? FrozenDictionary<string, string>.Empty;
        init => _headers = value;
    }

    /// <summary>The event's partition and offset.</summary>
    public EventPosition Position => new(Partition, Offset);
}
