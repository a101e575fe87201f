using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Headwater.Core.Avro;

/// <summary>Writes Avro binary (specification 1.12, "Binary encoding") to a buffer. Allocates nothing itself.</summary>
public static class AvroWriter
{
    /// <summary>The largest size of an encoded number, in bytes.</summary>
    public const int MaxLongBytes = 10;

    /// <summary>Texts up to this number of UTF-16 units have a length of one byte: 63 / 3 bytes per unit.</summary>
    private const int ShortText = 21;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a zigzag varint of 1 to 10 bytes.</summary>
    public static void WriteLong(this IBufferWriter<byte> output, long value)
    {
        Span<byte> span = output.GetSpan(MaxLongBytes);
        output.Advance(PutLong(span, value));
    }

    /// <summary>Writes a zigzag varint of 1 to 5 bytes.</summary>
    public static void WriteInt(this IBufferWriter<byte> output, int value) => output.WriteLong(value);

    /// <summary>Writes one byte, 0 or 1.</summary>
    public static void WriteBoolean(this IBufferWriter<byte> output, bool value)
    {
        output.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        output.Advance(1);
    }

    /// <summary>Writes 4 little-endian bytes (IEEE 754).</summary>
    public static void WriteFloat(this IBufferWriter<byte> output, float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    /// <summary>Writes 8 little-endian bytes (IEEE 754).</summary>
    public static void WriteDouble(this IBufferWriter<byte> output, double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    /// <summary>Writes the length, then the bytes.</summary>
    public static void WriteBytes(this IBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        output.WriteLong(value.Length);
        output.Write(value);
    }

    /// <summary>Writes a string given as UTF-8. The bytes are not validated.</summary>
    public static void WriteUtf8(this IBufferWriter<byte> output, ReadOnlySpan<byte> utf8) => output.WriteBytes(utf8);

    /// <summary>Writes a string: the length of its UTF-8 form, then the bytes.</summary>
    /// <exception cref="EncoderFallbackException">The text contains an unpaired surrogate; nothing is written.</exception>
    public static void WriteString(this IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        if (text.Length <= ShortText)
        {
            Span<byte> span = output.GetSpan(1 + (text.Length * 3));
            int written = StrictUtf8.GetBytes(text, span[1..]);
            PutLong(span, written);
            output.Advance(1 + written);
            return;
        }

        int length = StrictUtf8.GetByteCount(text);
        output.WriteLong(length);
        StrictUtf8.GetBytes(text, output.GetSpan(length));
        output.Advance(length);
    }

    /// <summary>Writes a fixed: the bytes without a length, because the schema states their number.</summary>
    public static void WriteFixed(this IBufferWriter<byte> output, ReadOnlySpan<byte> value) => output.Write(value);

    /// <summary>Writes the index of a union's branch or of an enum's symbol.</summary>
    public static void WriteUnionIndex(this IBufferWriter<byte> output, int index) => output.WriteLong(index);

    /// <summary>Writes the head of a block with <paramref name="count"/> items of an array or map; 0 ends the array or map.</summary>
    public static void WriteBlockCount(this IBufferWriter<byte> output, int count) => output.WriteLong(count);

    /// <summary>Writes a zigzag varint at the start of a span.</summary>
    /// <param name="span">At least <see cref="MaxLongBytes"/> bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>The encoded length, 1 to 10 bytes.</returns>
    public static int PutLong(Span<byte> span, long value)
    {
        ulong rest = (ulong)(value << 1) ^ (ulong)(value >> 63);
        int length = 0;
        while (rest >= 0x80)
        {
            span[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        span[length++] = (byte)rest;
        return length;
    }
}
