using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>One stored event. Its spans point into its <see cref="DecodedBlock"/> and are valid as long as that block is.</summary>
public readonly ref struct DecodedEvent
{
    /// <summary>The offset in the partition.</summary>
    public Offset Offset { get; init; }

    /// <summary>When the log appended the event; never decreases within a partition.</summary>
    public UnixMicros Appended { get; init; }

    /// <summary>When the event happened; null if the producer did not state it.</summary>
    public UnixMicros? Time { get; init; }

    /// <summary>Whether the event has a key, which may be empty.</summary>
    public bool HasKey { get; init; }

    /// <summary>The key as UTF-8; empty without a key.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The value as Avro binary: the index of the union branch, then the value.</summary>
    public ReadOnlySpan<byte> Value { get; init; }

    /// <summary>The number of headers.</summary>
    public int HeaderCount { get; init; }

    /// <summary>Whether the value is null, which is branch 0 in every stream.</summary>
    public bool IsTombstone => Value.Length == 1 && Value[0] == 0;

    /// <summary>The headers in stored order, for <c>foreach</c>.</summary>
    public HeaderEnumerator Headers => new(HeaderBytes);

    internal ReadOnlySpan<byte> HeaderBytes { get; init; }

    /// <summary>Bytes of the time, the key, the headers and the value.</summary>
    public int Length => FieldBytes.Length + Value.Length;

    /// <summary>Time, key and headers as Avro binary.</summary>
    internal ReadOnlySpan<byte> FieldBytes { get; init; }
}
