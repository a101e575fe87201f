using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>One stored event; its spans point into the block it came from.</summary>
public readonly ref struct DecodedEvent
{
    public Offset Offset { get; init; }

    public UnixMicros Appended { get; init; }

    /// <summary>When it happened, if the producer said so.</summary>
    public UnixMicros? Time { get; init; }

    public bool HasKey { get; init; }

    /// <summary>UTF-8; empty without a key.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The index of the union branch, then the value.</summary>
    public ReadOnlySpan<byte> Value { get; init; }

    public int HeaderCount { get; init; }

    /// <summary>Whether the value is null: branch 0 of every stream's value.</summary>
    public bool IsTombstone => Value.Length == 1 && Value[0] == 0;

    public HeaderEnumerator Headers => new(HeaderBytes);

    internal ReadOnlySpan<byte> HeaderBytes { get; init; }

    /// <summary>Time, key and headers as they are encoded.</summary>
    internal ReadOnlySpan<byte> FieldBytes { get; init; }
}
