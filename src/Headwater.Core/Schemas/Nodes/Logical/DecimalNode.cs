using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes.Logical;

/// <summary>
/// An unscaled big-endian two's complement number; in JSON a string whose number of digits after the point is the scale. A JSON number is
/// accepted too. A value with more digits than precision or scale allow is a mismatch: nothing is rounded.
/// </summary>
internal sealed class DecimalNode : LogicalNode
{
    /// <summary>The largest precision whose numbers all fit 16 bytes.</summary>
    private const int MaxSmallPrecision = 38;

    private readonly int _precision;
    private readonly int _scale;
    private readonly int _maxBytes;
    private readonly string _what;

    public DecimalNode(SchemaNode underlying, int precision, int scale)
        : base(underlying)
    {
        _precision = precision;
        _scale = scale;
        _maxBytes = BigInteger.Pow(10, precision).GetByteCount();
        _what = $"a decimal of at most {precision} digits, {scale} of them after the point (a string, or a number)";
    }

    /// <summary>The digits after the point.</summary>
    public int Scale => _scale;

    public override string LogicalType => $"decimal({_precision},{_scale})";

    public override JsonShapes Accepted => JsonShapes.Text | JsonShapes.Number;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        ReadOnlySpan<byte> text;
        if (value.ValueKind == JsonValueKind.Number && !to.NaturalOnly)
        {
            text = JsonMarshal.GetRawUtf8Value(value);
        }
        else if (value.ValueKind != JsonValueKind.String)
        {
            return to.Expected(_what, value);
        }
        else if (!to.TryGetText(value, out text))
        {
            return false;
        }

        if (!DecimalText.TryRead(text, out DecimalText number) || !number.Fits(_precision, _scale))
        {
            return to.Expected(_what, value);
        }

        Span<char> digits = stackalloc char[_precision + 1];
        Span<byte> bytes = stackalloc byte[_maxBytes];
        Write(ToBytes(digits[..number.CopyUnscaled(_scale, digits)], bytes), ref to);
        return true;
    }

    protected override void Check(ref AvroReader reader)
    {
        Span<char> digits = stackalloc char[_precision + 2];
        long start = reader.Position;
        ReadOnlySpan<byte> bytes = ReadBytes(ref reader);
        if (bytes.IsEmpty)
        {
            throw new AvroFormatException("a decimal without bytes", start);
        }

        if (!TryReadDigits(bytes, digits, out _))
        {
            throw new AvroFormatException($"a decimal of more than {_precision} digits", start);
        }
    }

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        Span<char> digits = stackalloc char[_precision + 2];
        ReadOnlySpan<byte> bytes = ReadBytes(ref reader);
        if (!TryReadDigits(bytes, digits, out int count))
        {
            to.Json.WriteBase64StringValue(bytes); // As the type beneath: any stored value is readable.
            return;
        }

        ReadOnlySpan<char> number = digits[..count];
        Span<char> text = stackalloc char[_precision + 3];
        int length = 0;
        if (number[0] == '-')
        {
            text[length++] = '-';
            number = number[1..];
        }

        for (int position = Math.Max(number.Length, _scale + 1); position > 0; position--)
        {
            if (position == _scale)
            {
                text[length++] = '.';
            }

            text[length++] = position > number.Length ? '0' : number[^position];
        }

        to.Json.WriteStringValue(text[..length]);
    }

    private static ReadOnlySpan<byte> WithoutSignExtension(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 1 && bytes[0] is 0 or 0xff && (bytes[0] & 0x80) == (bytes[1] & 0x80))
        {
            bytes = bytes[1..];
        }

        return bytes;
    }

    private static ReadOnlySpan<byte> ToBytes(scoped ReadOnlySpan<char> digits, Span<byte> bytes)
    {
        if (digits.Length <= MaxSmallPrecision)
        {
            Span<byte> small = stackalloc byte[16];
            BinaryPrimitives.WriteInt128BigEndian(small, Int128.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
            ReadOnlySpan<byte> minimal = WithoutSignExtension(small);
            minimal.CopyTo(bytes);
            return bytes[..minimal.Length];
        }

        BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture).TryWriteBytes(bytes, out int written, isBigEndian: true);
        return bytes[..written];
    }

    private void Write(scoped ReadOnlySpan<byte> minimal, ref JsonToAvro to)
    {
        if (Underlying is not FixedNode { Size: int size })
        {
            to.Output.WriteBytes(minimal);
            return;
        }

        Span<byte> bytes = to.Output.GetSpan(size)[..size];
        bytes[..^minimal.Length].Fill((minimal[0] & 0x80) == 0 ? (byte)0 : (byte)0xff);
        minimal.CopyTo(bytes[^minimal.Length..]);
        to.Output.Advance(size);
    }

    private ReadOnlySpan<byte> ReadBytes(ref AvroReader reader) => Underlying is FixedNode { Size: int size } ? reader.ReadFixed(size) : reader.ReadBytes();

    /// <summary>Reads the unscaled number as sign and digits.</summary>
    /// <returns>False if there are no bytes, or more digits than the precision allows.</returns>
    private bool TryReadDigits(ReadOnlySpan<byte> stored, scoped Span<char> digits, out int length)
    {
        length = 0;
        ReadOnlySpan<byte> bytes = WithoutSignExtension(stored);
        if (bytes.IsEmpty || bytes.Length > _maxBytes)
        {
            return false;
        }

        bool fits = bytes.Length <= 16
            ? Small(bytes).TryFormat(digits, out length, default, CultureInfo.InvariantCulture)
            : new BigInteger(bytes, isBigEndian: true).TryFormat(digits, out length, default, CultureInfo.InvariantCulture);
        return fits && length - (digits[0] == '-' ? 1 : 0) <= _precision;
    }

    private static Int128 Small(ReadOnlySpan<byte> bytes)
    {
        Int128 number = (bytes[0] & 0x80) == 0 ? 0 : -1;
        foreach (byte part in bytes)
        {
            number = (number << 8) | part;
        }

        return number;
    }
}
