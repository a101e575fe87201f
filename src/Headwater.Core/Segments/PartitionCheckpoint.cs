using System.Buffers;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// All a writer needs to go on from a place in a partition's active segment without reading what lies before it. A cache: without
/// it, the segments say the same.
/// </summary>
public sealed record PartitionCheckpoint
{
    public required string StreamId { get; init; }

    public required PartitionId Partition { get; init; }

    /// <summary>The first offset of the active segment, which names its blob.</summary>
    public required Offset SegmentBase { get; init; }

    /// <summary>The byte of that blob up to which the rest of this is true.</summary>
    public required long Position { get; init; }

    /// <summary>The next offset to be assigned.</summary>
    public required Offset Next { get; init; }

    /// <summary>The append time of the last event.</summary>
    public required UnixMicros LastAppended { get; init; }

    /// <summary>AppendBlock calls committed to the blob, of the 50,000 it takes.</summary>
    public required int Blocks { get; init; }

    public required int SchemaVersion { get; init; }

    public required BlockCodec Codec { get; init; }

    public required SyncMarker Sync { get; init; }

    public required IReadOnlyList<ProducerState> Producers { get; init; }

    /// <summary>The last keyed batches, oldest first.</summary>
    public required IReadOnlyList<KeyedBatch> Keys { get; init; }

    /// <summary>Some of the active segment's blocks, ascending.</summary>
    public required IReadOnlyList<IndexEntry> Index { get; init; }

    /// <exception cref="SegmentFormatException">The bytes are corrupt or of another version.</exception>
    public static PartitionCheckpoint Read(ReadOnlySpan<byte> data) => PartitionCheckpointCodec.Read(data);

    /// <exception cref="ArgumentException">The index does not ascend, or a producer has too many recent batches.</exception>
    public void WriteTo(IBufferWriter<byte> output) => PartitionCheckpointCodec.Write(this, output);
}
