using System.Buffers;
using System.Text;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>The format of a checkpoint: magic HWCP, version 1, the fields in order as Avro binary, CRC-32C.</summary>
internal static class PartitionCheckpointCodec
{
    private const byte Version = 1;

    /// <summary>Two ids and one byte for each number.</summary>
    private const int MinKeyBytes = RequestKey.Size + RequestDigest.Size + 2;

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
        WriteKeys(buffer, checkpoint.Keys);
        IndexEntries.Write(buffer, checkpoint.Index);
        ChecksummedEnvelope.End(buffer);
        output.Write(buffer.Written);
    }

    public static PartitionCheckpoint Read(ReadOnlySpan<byte> data)
    {
        AvroReader reader = ChecksummedEnvelope.Open(data, Magic, Version, "a checkpoint");
        try
        {
            PartitionCheckpoint checkpoint = ReadFields(ref reader);
            return reader.Remaining == 0
                ? checkpoint
                : throw new AvroFormatException("bytes follow the last field of a checkpoint", reader.Position);
        }
        catch (AvroFormatException e)
        {
            throw new SegmentFormatException("a checkpoint is malformed", e.Position, e);
        }
    }

    private static PartitionCheckpoint ReadFields(ref AvroReader reader) => new()
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
        Keys = ReadKeys(ref reader),
        Index = IndexEntries.Read(ref reader),
    };

    private static void WriteKeys(PooledBuffer buffer, IReadOnlyList<KeyedBatch> keys)
    {
        buffer.WriteLong(keys.Count);
        foreach (KeyedBatch key in keys)
        {
            Span<byte> ids = buffer.GetSpan(RequestKey.Size + RequestDigest.Size);
            key.Request.TryWriteBytes(ids);
            key.Digest.TryWriteBytes(ids[RequestKey.Size..]);
            buffer.Advance(RequestKey.Size + RequestDigest.Size);
            buffer.WriteLong(key.Base.Value);
            buffer.WriteInt(key.Count);
        }
    }

    private static KeyedBatch[] ReadKeys(ref AvroReader reader)
    {
        long start = reader.Position;
        long count = reader.ReadLong();
        if (count < 0 || count > reader.Remaining / MinKeyBytes)
        {
            throw new AvroFormatException($"{count} keyed batches in {reader.Remaining} bytes", start);
        }

        var keys = new KeyedBatch[count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new KeyedBatch(
                RequestKey.FromBytes(reader.ReadFixed(RequestKey.Size)),
                RequestDigest.FromBytes(reader.ReadFixed(RequestDigest.Size)),
                reader.ReadOffset(),
                reader.ReadNaturalInt("a count"));
        }

        return keys;
    }
}
