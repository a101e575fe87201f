using System.Buffers;
using System.Text;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// The format of a checkpoint: magic HWCP, version 2, the fields in order as Avro binary, CRC-32C. A checkpoint of version 1 is read if it has no request keys;
/// otherwise the log is read instead.
/// </summary>
internal static class PartitionCheckpointCodec
{
    private const byte Version = 2;

    private const byte OlderVersion = 1;

    /// <summary>One byte for each number.</summary>
    private const int MinSegmentBytes = 3;

    private static ReadOnlySpan<byte> Magic => "HWCP"u8;

    public static void Write(PartitionCheckpoint checkpoint, IBufferWriter<byte> output)
    {
        using var buffer = new PooledBuffer();
        ChecksummedEnvelope.Begin(buffer, Magic, Version);
        buffer.WriteString(checkpoint.StreamId);
        buffer.WriteInt(checkpoint.Partition.Value);
        buffer.WriteLong(checkpoint.SegmentBase.Value);
        buffer.WriteLong(checkpoint.Position);
        buffer.WriteLong(checkpoint.Next.Value);
        buffer.WriteLong(checkpoint.LastAppended.Value);
        buffer.WriteInt(checkpoint.Blocks);
        buffer.WriteInt(checkpoint.SchemaVersion);
        buffer.WriteInt((int)checkpoint.Codec);
        checkpoint.Sync.TryWriteBytes(buffer.GetSpan(SyncMarker.Size));
        buffer.Advance(SyncMarker.Size);
        ProducerStateCodec.Write(buffer, checkpoint.Producers);
        checkpoint.Keys.WriteEntries(buffer);
        IndexEntries.Write(buffer, checkpoint.Index);
        buffer.WriteLong(checkpoint.ProducersForgotten.Value);
        buffer.WriteLong(checkpoint.LastKeyed.Value);
        WriteSegments(buffer, checkpoint.KeySegments);
        buffer.WriteLong(checkpoint.KeysDropped.Value);
        ChecksummedEnvelope.End(buffer);
        output.Write(buffer.Written);
    }

    public static PartitionCheckpoint Read(ReadOnlySpan<byte> data)
    {
        bool isOlder = data.Length > Magic.Length && data[Magic.Length] == OlderVersion;
        AvroReader reader = ChecksummedEnvelope.Open(data, Magic, isOlder ? OlderVersion : Version, "a checkpoint");
        try
        {
            PartitionCheckpoint checkpoint = ReadFields(ref reader, isOlder);
            return reader.Remaining == 0
                ? checkpoint
                : throw new AvroFormatException("bytes follow the last field of a checkpoint", reader.Position);
        }
        catch (AvroFormatException e)
        {
            throw new SegmentFormatException("a checkpoint is malformed", e.Position, e);
        }
    }

    private static PartitionCheckpoint ReadFields(ref AvroReader reader, bool isOlder)
    {
        PartitionCheckpoint older = ReadOlderFields(ref reader, isOlder);
        return isOlder ? older : older with
        {
            ProducersForgotten = reader.ReadMicros(),
            LastKeyed = reader.ReadMicros(),
            KeySegments = ReadSegments(ref reader),
            KeysDropped = reader.ReadMicros(),
        };
    }

    private static PartitionCheckpoint ReadOlderFields(ref AvroReader reader, bool isOlder)
    {
        var checkpoint = new PartitionCheckpoint
        {
            StreamId = Encoding.UTF8.GetString(reader.ReadUtf8()),
            Partition = new PartitionId(reader.ReadNaturalInt("a partition")),
            SegmentBase = reader.ReadOffset(),
            Position = reader.ReadNatural("a position"),
            Next = reader.ReadOffset(),
            LastAppended = reader.ReadMicros(),
            Blocks = reader.ReadNaturalInt("a number of blocks"),
            SchemaVersion = reader.ReadNaturalInt("a schema version"),
            Codec = (BlockCodec)reader.ReadUnionIndex((int)BlockCodec.Zstandard + 1),
            Sync = SyncMarker.FromBytes(reader.ReadFixed(SyncMarker.Size)),
            Producers = ProducerStateCodec.Read(ref reader),
            Keys = isOlder ? ReadNoKeys(ref reader) : KeyIndex.ReadEntries(ref reader),
            Index = IndexEntries.Read(ref reader),
            ProducersForgotten = new UnixMicros(0),
            LastKeyed = new UnixMicros(0),
            KeySegments = [],
            KeysDropped = new UnixMicros(0),
        };

        // Version 1 does not say which producers were forgotten: any that appended before its last event may have been.
        return isOlder ? checkpoint with { ProducersForgotten = checkpoint.LastAppended } : checkpoint;
    }

    private static void WriteSegments(PooledBuffer buffer, IReadOnlyList<KeySegment> segments)
    {
        buffer.WriteLong(segments.Count);
        foreach (KeySegment segment in segments)
        {
            buffer.WriteLong(segment.Base.Value);
            buffer.WriteInt(segment.Count);
            buffer.WriteLong(segment.Last.Value);
        }
    }

    private static KeySegment[] ReadSegments(ref AvroReader reader)
    {
        long start = reader.Position;
        long count = reader.ReadLong();
        if (count < 0 || count > reader.Remaining / MinSegmentBytes)
        {
            throw new AvroFormatException($"{count} segments with keys in {reader.Remaining} bytes", start);
        }

        var segments = new KeySegment[count];
        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = new KeySegment(reader.ReadOffset(), reader.ReadNaturalInt("a count"), reader.ReadMicros());
            if (i > 0 && segments[i].Base <= segments[i - 1].Base)
            {
                throw new AvroFormatException("a segment with keys does not come after the one before it", start);
            }
        }

        return segments;
    }

    /// <summary>Version 1 held whole keyed batches without their positions. Without any, its content is that of version 2.</summary>
    private static KeyIndex ReadNoKeys(ref AvroReader reader)
    {
        long start = reader.Position;
        return reader.ReadLong() == 0 ? KeyIndex.Empty : throw new AvroFormatException("version 1 has keys without positions", start);
    }
}
