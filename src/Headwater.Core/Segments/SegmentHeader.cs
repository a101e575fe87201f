using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;

namespace Headwater.Core.Segments;

/// <summary>The header of a segment: an Avro container file header whose metadata describes the segment.</summary>
public sealed record SegmentHeader
{
    /// <summary>The largest size of a header, in bytes. Readers reject a larger header.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The stream's name.</summary>
    public required string Stream { get; init; }

    /// <summary>The id of this life of the stream; a stream created again under the same name has another id.</summary>
    public required string StreamId { get; init; }

    /// <summary>The partition.</summary>
    public required PartitionId Partition { get; init; }

    /// <summary>The lowest offset that the segment may contain.</summary>
    public required Offset BaseOffset { get; init; }

    /// <summary>The schema of the values.</summary>
    public required ValueSchema Schema { get; init; }

    /// <summary>The version of the schema within the stream.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The codec of every block.</summary>
    public required BlockCodec Codec { get; init; }

    /// <summary>The sync marker that ends the header and every block.</summary>
    public required SyncMarker Sync { get; init; }

    /// <summary>The state of the sequenced producers at the start of the segment.</summary>
    public IReadOnlyList<ProducerState> Producers { get; init; } = [];

    /// <summary>
    /// The offset of the oldest batch whose idempotency key is remembered at the start of the segment. A scan that restores the request keys
    /// begins there. Null if no key is remembered.
    /// </summary>
    public Offset? KeysSince { get; init; }

    /// <summary>
    /// The earlier segments with request keys that are remembered at the start of the segment, ascending. Empty in segments of older versions.
    /// </summary>
    public IReadOnlyList<KeySegment> Keys { get; init; } = [];

    /// <summary>
    /// The append time of the newest producer that the partition has forgotten; 0 (1970) if it has forgotten none. Null in segments of older versions, which do
    /// not record it.
    /// </summary>
    public UnixMicros? ProducersForgotten { get; init; }

    /// <summary>Reads and verifies the header at the start of the data.</summary>
    /// <param name="data">The bytes of the segment from its start.</param>
    /// <param name="header">The header; null if the result is false.</param>
    /// <param name="length">The size of the header in bytes, which is the position of the first block.</param>
    /// <returns>False if the data ends inside the header: the bytes so far are valid, and more are needed.</returns>
    /// <exception cref="SegmentFormatException">The header is corrupt, of an unsupported version, or exceeds <see cref="MaxBytes"/>.</exception>
    public static bool TryRead(ReadOnlySpan<byte> data, [NotNullWhen(true)] out SegmentHeader? header, out int length) =>
        SegmentHeaderReader.TryRead(data, out header, out length);

    /// <summary>Writes the header with its checksum.</summary>
    /// <exception cref="ArgumentException">The header exceeds <see cref="MaxBytes"/>.</exception>
    public void WriteTo(IBufferWriter<byte> output) => SegmentHeaderWriter.Write(this, output);

    /// <summary>A copy without producer state and request keys, which only writers need.</summary>
    public SegmentHeader WithoutProducers() => this with { Producers = [], ProducersForgotten = null, KeysSince = null, Keys = [] };
}
