using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Headwater.Core.Avro;

/// <summary>Writes Avro binary (specification 1.12, "Binary encoding") to a buffer. Allocates nothing of its own.</summary>
public static class AvroWriter
{
    /// <summary>The most bytes a number takes.</summary>
    public const int MaxLongBytes = 10;

    /// <summary>At most this many UTF-16 units fit a one-byte length whatever they are (63 / 3).</summary>
    private const int ShortText = 21;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void WriteLong(this IBufferWriter<byte> output, long value)
    {
        Span<byte> span = output.GetSpan(MaxLongBytes);
        output.Advance(PutLong(span, value));
    }

    public static void WriteInt(this IBufferWriter<byte> output, int value) => output.WriteLong(value);

    public static void WriteBoolean(this IBufferWriter<byte> output, bool value)
    {
        output.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        output.Advance(1);
    }

    public static void WriteFloat(this IBufferWriter<byte> output, float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    public static void WriteDouble(this IBufferWriter<byte> output, double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    /// <summary>A length, then the bytes.</summary>
    public static void WriteBytes(this IBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        output.WriteLong(value.Length);
        output.Write(value);
    }

    /// <summary>A string given as UTF-8, which is not checked.</summary>
    public static void WriteUtf8(this IBufferWriter<byte> output, ReadOnlySpan<byte> utf8) => output.WriteBytes(utf8);

    /// <exception cref="EncoderFallbackException">The text holds half a surrogate pair; nothing is written.</exception>
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

    /// <summary>The bytes alone; their number is the schema's.</summary>
    public static void WriteFixed(this IBufferWriter<byte> output, ReadOnlySpan<byte> value) => output.Write(value);

    /// <summary>A union's branch or an enum's symbol.</summary>
    public static void WriteUnionIndex(this IBufferWriter<byte> output, int index) => output.WriteLong(index);

    /// <summary>Starts a block of an array or map of <paramref name="count"/> items; 0 ends it.</summary>
    public static void WriteBlockCount(this IBufferWriter<byte> output, int count) => output.WriteLong(count);

    /// <summary>Writes a zigzag varint at the start of a span that is long enough; the answer is its length, 1 to 10.</summary>
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
