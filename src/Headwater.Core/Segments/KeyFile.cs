using System.Buffers;
using System.Text;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// The content of the blob that holds the request keys of one sealed segment of generation 0: magic HWKI, version 1, the fields in order as Avro binary,
/// CRC-32C. A cache: the segment contains the same information.
/// </summary>
public sealed record KeyFile
{
    private const byte Version = 1;

    /// <summary>The id of this life of the stream.</summary>
    public required string StreamId { get; init; }

    /// <summary>The partition.</summary>
    public required PartitionId Partition { get; init; }

    /// <summary>The base offset of the segment.</summary>
    public required Offset Base { get; init; }

    /// <summary>The offset after the segment's last event, which is the base of the next segment of generation 0.</summary>
    public required Offset End { get; init; }

    /// <summary>The append time of the segment's first event.</summary>
    public required UnixMicros First { get; init; }

    /// <summary>The append time of the segment's last event.</summary>
    public required UnixMicros Last { get; init; }

    /// <summary>The segment's codec.</summary>
    public required BlockCodec Codec { get; init; }

    /// <summary>The segment's sync marker.</summary>
    public required SyncMarker Sync { get; init; }

    /// <summary>The keys.</summary>
    public required KeyIndex Keys { get; init; }

    private static ReadOnlySpan<byte> Magic => "HWKI"u8;

    /// <summary>Writes the content of the blob.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using var buffer = new PooledBuffer();
        ChecksummedEnvelope.Begin(buffer, Magic, Version);
        buffer.WriteString(StreamId);
        buffer.WriteInt(Partition.Value);
        buffer.WriteLong(Base.Value);
        buffer.WriteLong(End.Value);
        buffer.WriteLong(First.Value);
        buffer.WriteLong(Last.Value);
        buffer.WriteInt((int)Codec);
        Sync.TryWriteBytes(buffer.GetSpan(SyncMarker.Size));
        buffer.Advance(SyncMarker.Size);
        Keys.WriteEntries(buffer);
        ChecksummedEnvelope.End(buffer);
        output.Write(buffer.Written);
    }

    /// <summary>Reads and verifies the content of the blob.</summary>
    /// <exception cref="SegmentFormatException">The bytes are corrupt, or of an unsupported version.</exception>
    public static KeyFile Read(ReadOnlySpan<byte> data)
    {
        AvroReader reader = ChecksummedEnvelope.Open(data, Magic, Version, "a key file");
        try
        {
            var file = new KeyFile
            {
                StreamId = Encoding.UTF8.GetString(reader.ReadUtf8()),
                Partition = new PartitionId(reader.ReadNaturalInt("a partition")),
                Base = reader.ReadOffset(),
                End = reader.ReadOffset(),
                First = reader.ReadMicros(),
                Last = reader.ReadMicros(),
                Codec = (BlockCodec)reader.ReadUnionIndex((int)BlockCodec.Zstandard + 1),
                Sync = SyncMarker.FromBytes(reader.ReadFixed(SyncMarker.Size)),
                Keys = KeyIndex.ReadEntries(ref reader),
            };
            return reader.Remaining == 0 ? file : throw new AvroFormatException("bytes follow the last field of a key file", reader.Position);
        }
        catch (AvroFormatException e)
        {
            throw new SegmentFormatException("a key file is malformed", e.Position, e);
        }
    }
}
