using System.Buffers.Binary;
using Headwater.Core.Avro;

namespace Headwater.Core.Segments;

/// <summary>
/// The format around indexes and checkpoints: 4 bytes of magic, 1 version byte, the content, and the CRC-32C of all of these
/// (little-endian).
/// </summary>
internal static class ChecksummedEnvelope
{
    private const int MagicSize = 4;
    private const int HeadSize = MagicSize + 1;

    /// <summary>Verifies the envelope and returns a reader of the content.</summary>
    /// <exception cref="SegmentFormatException">The magic, version or checksum is wrong.</exception>
    public static AvroReader Open(ReadOnlySpan<byte> data, ReadOnlySpan<byte> magic, byte version, string what)
    {
        if (data.Length < HeadSize + Crc32C.Size)
        {
            throw new SegmentFormatException($"{what} of {data.Length} bytes is too short", data.Length);
        }

        if (!data.StartsWith(magic))
        {
            throw new SegmentFormatException($"{what} does not begin with its magic", 0);
        }

        if (data[MagicSize] != version)
        {
            throw new SegmentFormatException($"{what} has version {data[MagicSize]}; this reader supports version {version}", MagicSize);
        }

        int end = data.Length - Crc32C.Size;
        if (Crc32C.Of(data[..end]) != BinaryPrimitives.ReadUInt32LittleEndian(data[end..]))
        {
            throw new SegmentFormatException($"{what}'s checksum does not match", end);
        }

        return new AvroReader(data[HeadSize..end], HeadSize);
    }

    public static void Begin(PooledBuffer buffer, ReadOnlySpan<byte> magic, byte version)
    {
        magic.CopyTo(buffer.GetSpan(HeadSize));
        buffer.GetSpan(HeadSize)[MagicSize] = version;
        buffer.Advance(HeadSize);
    }

    public static void End(PooledBuffer buffer)
    {
        uint crc = Crc32C.Of(buffer.Written);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.GetSpan(Crc32C.Size), crc);
        buffer.Advance(Crc32C.Size);
    }
}
