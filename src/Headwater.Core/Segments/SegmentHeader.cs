using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;

namespace Headwater.Core.Segments;

/// <summary>The header of a segment: an Avro container file header whose metadata says what the segment is.</summary>
public sealed record SegmentHeader
{
    /// <summary>A header is never larger; readers refuse one that claims to be.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    public required string Stream { get; init; }

    /// <summary>Of this life of the stream; a re-created one has another.</summary>
    public required string StreamId { get; init; }

    public required PartitionId Partition { get; init; }

    /// <summary>The first offset the segment may hold.</summary>
    public required Offset BaseOffset { get; init; }

    public required ValueSchema Schema { get; init; }

    public required int SchemaVersion { get; init; }

    public required BlockCodec Codec { get; init; }

    public required SyncMarker Sync { get; init; }

    /// <summary>Producer state at the segment's start.</summary>
    public IReadOnlyList<ProducerState> Producers { get; init; } = [];

    /// <summary>Offset of the oldest keyed batch still remembered at the segment's start: where a scan that rebuilds the memory of request keys begins. Null when none is.</summary>
    public Offset? KeysSince { get; init; }

    /// <summary>Reads the header that begins the data.</summary>
    /// <param name="length">Its bytes: where the first block begins.</param>
    /// <returns>False when the data ends inside the header: nothing is known to be wrong, more is needed.</returns>
    /// <exception cref="SegmentFormatException">The header is corrupt, of another version or too large.</exception>
    public static bool TryRead(ReadOnlySpan<byte> data, [NotNullWhen(true)] out SegmentHeader? header, out int length) =>
        SegmentHeaderReader.TryRead(data, out header, out length);

    /// <exception cref="ArgumentException">The header is larger than <see cref="MaxBytes"/>.</exception>
    public void WriteTo(IBufferWriter<byte> output) => SegmentHeaderWriter.Write(this, output);

    /// <summary>The same header as it is given to readers, who have no business with producers.</summary>
    public SegmentHeader WithoutProducers() => this with { Producers = [], KeysSince = null };
}
