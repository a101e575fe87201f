using System.Buffers;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// The state that a writer needs to continue from a position in a partition's active segment without reading earlier bytes. A cache: the
/// segments contain the same information.
/// </summary>
public sealed record PartitionCheckpoint
{
    /// <summary>The id of this life of the stream; a stream created again under the same name has another id.</summary>
    public required string StreamId { get; init; }

    /// <summary>The partition.</summary>
    public required PartitionId Partition { get; init; }

    /// <summary>The base offset of the active segment, which determines the name of its blob.</summary>
    public required Offset SegmentBase { get; init; }

    /// <summary>The size of the prefix of that blob that this checkpoint describes, in bytes.</summary>
    public required long Position { get; init; }

    /// <summary>The next offset to be assigned.</summary>
    public required Offset Next { get; init; }

    /// <summary>The append time of the last event before <see cref="Next"/>.</summary>
    public required UnixMicros LastAppended { get; init; }

    /// <summary>The number of AppendBlock calls committed to the blob. The service accepts at most 50,000 per blob.</summary>
    public required int Blocks { get; init; }

    /// <summary>The active segment's schema version.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The active segment's codec.</summary>
    public required BlockCodec Codec { get; init; }

    /// <summary>The active segment's sync marker.</summary>
    public required SyncMarker Sync { get; init; }

    /// <summary>The state of every sequenced producer that has not expired.</summary>
    public required IReadOnlyList<ProducerState> Producers { get; init; }

    /// <summary>The most recent batches with an idempotency key, oldest first.</summary>
    public required IReadOnlyList<KeyedBatch> Keys { get; init; }

    /// <summary>Entries for some of the active segment's blocks, ascending.</summary>
    public required IReadOnlyList<IndexEntry> Index { get; init; }

    /// <summary>Reads and verifies the content of a checkpoint blob.</summary>
    /// <exception cref="SegmentFormatException">The bytes are corrupt, or of an unsupported version.</exception>
    public static PartitionCheckpoint Read(ReadOnlySpan<byte> data) => PartitionCheckpointCodec.Read(data);

    /// <summary>Writes the content of a checkpoint blob.</summary>
    /// <exception cref="ArgumentException">The index entries do not ascend, or a producer has too many recent batches.</exception>
    public void WriteTo(IBufferWriter<byte> output) => PartitionCheckpointCodec.Write(this, output);
}
