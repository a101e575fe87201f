using System.Buffers;
using System.Text;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>Reads and writes the record HeadwaterBatch: id, request, digest, producer, epoch, sequence, count, crc.</summary>
internal static class BatchRecordCodec
{
    /// <summary>Writes the record. Its last four bytes are the checksum, written as zero.</summary>
    public static void Write(IBufferWriter<byte> output, BatchRecord batch)
    {
        WriteId(output, batch.Id.Value);
        WriteOptionalId(output, batch.Request?.Value);
        WriteOptionalId(output, batch.Digest?.Value);
        output.WriteUnionIndex(batch.Producer is null ? EventLayout.NullBranch : EventLayout.PresentBranch);
        if (batch.Producer is not null)
        {
            output.WriteString(batch.Producer);
        }

        output.WriteInt(batch.Epoch.Value);
        output.WriteLong(batch.Sequence.Value);
        output.WriteInt(batch.Count);
        Span<byte> zero = stackalloc byte[Crc32C.Size];
        zero.Clear();
        output.WriteFixed(zero);
    }

    /// <summary>Reads the record. Afterwards the checksum is the four bytes before the reader's position.</summary>
    public static BatchRecord Read(ref AvroReader reader)
    {
        BatchId id = BatchId.FromBytes(reader.ReadFixed(BatchId.Size));
        RequestKey? request = ReadOptionalId(ref reader) is { } key ? new RequestKey(key) : null;
        RequestDigest? digest = ReadOptionalId(ref reader) is { } body ? new RequestDigest(body) : null;
        string? producer = IsPresent(ref reader) ? Encoding.UTF8.GetString(reader.ReadUtf8()) : null;
        ProducerEpoch epoch = reader.ReadEpoch();
        SequenceNumber sequence = reader.ReadSequence();
        int count = reader.ReadInt();
        reader.Skip(Crc32C.Size);
        return new BatchRecord(id, request, digest, producer, epoch, sequence, count);
    }

    /// <summary>Skips the record with the same checks as <see cref="Read"/>, without allocating.</summary>
    public static void Skip(ref AvroReader reader)
    {
        reader.Skip(BatchId.Size);
        ReadOptionalId(ref reader);
        ReadOptionalId(ref reader);
        if (IsPresent(ref reader))
        {
            reader.ReadUtf8();
        }

        reader.ReadEpoch();
        reader.ReadSequence();
        reader.ReadInt();
        reader.Skip(Crc32C.Size);
    }

    private static bool IsPresent(ref AvroReader reader) =>
        reader.ReadUnionIndex(EventLayout.OptionalBranches) == EventLayout.PresentBranch;

    private static UInt128? ReadOptionalId(ref AvroReader reader) =>
        IsPresent(ref reader) ? System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(reader.ReadFixed(EventLayout.IdBytes)) : null;

    private static void WriteId(IBufferWriter<byte> output, UInt128 id)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(output.GetSpan(EventLayout.IdBytes), id);
        output.Advance(EventLayout.IdBytes);
    }

    private static void WriteOptionalId(IBufferWriter<byte> output, UInt128? id)
    {
        output.WriteUnionIndex(id is null ? EventLayout.NullBranch : EventLayout.PresentBranch);
        if (id is { } present)
        {
            WriteId(output, present);
        }
    }
}
