using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Headwater.Core.Avro;

namespace Headwater.Core.Tests.Segments;

/// <summary>
/// A second, simple encoder of blocks of <c>union [null, bytes]</c> values. It can write what <see cref="BlockEncoder"/> cannot (gaps, wrong order,
/// wrong counts), with a correct checksum.
/// </summary>
internal sealed record HandWrittenBlock
{
    /// <summary>Offset, append time and whether the event carries the batch record.</summary>
    public required IReadOnlyList<(long Offset, long Appended, bool Batch)> Events { get; init; }

    public int? FrameCount { get; init; }

    public int? BatchCount { get; init; }

    public int Epoch { get; init; }

    /// <summary>Bytes after the last event, covered by the checksum.</summary>
    public byte[] Tail { get; init; } = [];

    public byte[] Data()
    {
        var body = new ArrayBufferWriter<byte>();
        var crcs = new List<int>();
        foreach ((long offset, long appended, bool batch) in Events)
        {
            body.WriteLong(offset);
            body.WriteLong(appended);
            body.Write("\0\0\0"u8); // no time, no key, no headers
            body.WriteBoolean(false);
            if (batch)
            {
                crcs.Add(WriteBatch(body));
            }

            body.Write("\u0002\u0002U"u8); // branch 1, one byte
        }

        body.Write(Tail);
        byte[] data = body.WrittenSpan.ToArray();
        if (crcs.Count > 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(crcs[0]), SlowCrc32C(data));
        }

        return data;
    }

    public byte[] ToBytes() => Frame(FrameCount ?? Events.Count, Data());

    public static byte[] Frame(int count, byte[] stored)
    {
        var output = new ArrayBufferWriter<byte>();
        output.WriteLong(count);
        output.WriteBytes(stored);
        output.Write(Convert.FromHexString("00112233445566778899AABBCCDDEEFF"));
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Deflated(byte[] data)
    {
        using var stored = new MemoryStream();
        using (var deflate = new DeflateStream(stored, CompressionLevel.Optimal))
        {
            deflate.Write(data);
        }

        return stored.ToArray();
    }

    /// <summary>CRC-32C bit by bit from the polynomial; shares nothing with the code under test.</summary>
    public static uint SlowCrc32C(ReadOnlySpan<byte> data)
    {
        uint crc = ~0u;
        foreach (byte next in data)
        {
            crc ^= next;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82f63b78);
            }
        }

        return ~crc;
    }

    private int WriteBatch(ArrayBufferWriter<byte> body)
    {
        // Turns the null branch that the caller wrote into the branch of the record.
        Span<byte> branch = System.Runtime.InteropServices.MemoryMarshal.AsMemory(body.WrittenMemory)[^1..].Span;
        branch[0] = 2;
        body.Write(new byte[16]);
        body.Write("\0\0\0"u8); // no request, no digest, no producer
        body.WriteInt(Epoch);
        body.WriteLong(0);
        body.WriteInt(BatchCount ?? Events.Count);
        body.Write(new byte[4]);
        return body.WrittenCount - 4;
    }
}
