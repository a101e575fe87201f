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

    /// <summary>The append time of the newest producer that the partition has forgotten; 0 (1970) if it has forgotten none.</summary>
    public required UnixMicros ProducersForgotten { get; init; }

    /// <summary>The request keys of the active segment.</summary>
    public required KeyIndex Keys { get; init; }

    /// <summary>The append time of the last batch with a request key in the active segment; 0 (1970) without one.</summary>
    public required UnixMicros LastKeyed { get; init; }

    /// <summary>The earlier segments with request keys that are remembered, ascending.</summary>
    public required IReadOnlyList<KeySegment> KeySegments { get; init; }

    /// <summary>
    /// All keyed batches appended after this time are in <see cref="Keys"/> or <see cref="KeySegments"/>, because older ones were forgotten for their number; 0
    /// (1970) if none was.
    /// </summary>
    public required UnixMicros KeysDropped { get; init; }

    /// <summary>Entries for some of the active segment's blocks, ascending.</summary>
    public required IReadOnlyList<IndexEntry> Index { get; init; }

    /// <summary>Reads and verifies the content of a checkpoint blob.</summary>
    /// <exception cref="SegmentFormatException">The bytes are corrupt, or of an unsupported version.</exception>
    public static PartitionCheckpoint Read(ReadOnlySpan<byte> data) => PartitionCheckpointCodec.Read(data);

    /// <summary>Writes the content of a checkpoint blob.</summary>
    /// <exception cref="ArgumentException">The index entries do not ascend, or a producer has too many recent batches.</exception>
    public void WriteTo(IBufferWriter<byte> output) => PartitionCheckpointCodec.Write(this, output);
}
