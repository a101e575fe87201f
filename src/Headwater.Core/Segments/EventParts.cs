using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>What an event has besides its position and its value, as UTF-8 that the caller owns.</summary>
public readonly ref struct EventParts
{
    /// <summary>Whether the event has a key.</summary>
    public bool HasKey { get; init; }

    /// <summary>The key; empty without one.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>When the event happened; null if the producer did not state it.</summary>
    public UnixMicros? Time { get; init; }

    /// <summary>The number of headers.</summary>
    public int HeaderCount { get; init; }

    /// <summary>Each header's name and value as Avro strings; the names are distinct.</summary>
    public ReadOnlySpan<byte> Headers { get; init; }

    /// <summary>The most bytes that these parts and the absent batch record take: two union indexes, a time, a length, a count and an end beside the texts.</summary>
    internal int MaxBytes => (3 * AvroWriter.MaxLongBytes) + 4 + Key.Length + Headers.Length;

    /// <summary>Writes the fields that precede the batch record.</summary>
    /// <returns>The number of bytes written.</returns>
    internal int Write(Span<byte> span)
    {
        int length = 1;
        span[0] = AvroIndex(Time is not null);
        if (Time is { } time)
        {
            length += AvroWriter.PutLong(span[length..], time.Value);
        }

        span[length++] = AvroIndex(HasKey);
        if (HasKey)
        {
            length += AvroWriter.PutLong(span[length..], Key.Length);
            Key.CopyTo(span[length..]);
            length += Key.Length;
        }

        if (HeaderCount > 0)
        {
            length += AvroWriter.PutLong(span[length..], HeaderCount);
            Headers.CopyTo(span[length..]);
            length += Headers.Length;
        }

        span[length++] = 0;
        return length;
    }

    private static byte AvroIndex(bool present) => (byte)(2 * (present ? EventLayout.PresentBranch : EventLayout.NullBranch));
}
