using System.Buffers;
using System.Text.Json;
using Headwater.Core.Avro;

namespace Headwater.Core.Schemas.Nodes.Logical;

/// <summary>
/// A UUID (RFC 9562); in JSON a string of 36 characters. Over a string the text is kept unchanged; over a fixed it is written in lower case.
/// </summary>
internal sealed class UuidNode(SchemaNode underlying) : LogicalNode(underlying)
{
    private const int TextLength = 36;
    private const int ByteLength = 16;
    private const string What = "a uuid (8-4-4-4-12 hexadecimal digits)";

    private readonly bool _isText = underlying is StringNode;

    public override string LogicalType => "uuid";

    /// <summary>Whether a type can carry one.</summary>
    public static bool Fits(SchemaNode underlying) => underlying is StringNode or FixedNode { Size: ByteLength };

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return to.Expected(What, value);
        }

        if (!to.TryGetText(value, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[ByteLength];
        if (!TryParse(text, bytes))
        {
            return to.Expected(What, value);
        }

        if (_isText)
        {
            to.Output.WriteUtf8(text);
        }
        else
        {
            to.Output.Write(bytes);
        }

        return true;
    }

    protected override void Check(ref AvroReader reader)
    {
        if (!_isText)
        {
            return;
        }

        long start = reader.Position;
        if (!TryParse(reader.ReadUtf8(), stackalloc byte[ByteLength]))
        {
            throw new AvroFormatException("a string that is not the uuid its schema says", start);
        }
    }

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        if (_isText)
        {
            to.Json.WriteStringValue(reader.ReadUtf8()); // Any stored text is readable, a uuid or not.
            return;
        }

        ReadOnlySpan<byte> hex = "0123456789abcdef"u8;
        Span<byte> text = stackalloc byte[TextLength];
        int length = 0;
        foreach (byte part in reader.ReadFixed(ByteLength))
        {
            if (IsDash(length))
            {
                text[length++] = (byte)'-';
            }

            text[length++] = hex[part >> 4];
            text[length++] = hex[part & 15];
        }

        to.Json.WriteStringValue(text);
    }

    private static bool IsDash(int position) => position is 8 or 13 or 18 or 23;

    private static bool TryParse(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        if (text.Length != TextLength)
        {
            return false;
        }

        int digits = 0;
        for (int i = 0; i < TextLength; i++)
        {
            if (IsDash(i))
            {
                if (text[i] != '-')
                {
                    return false;
                }

                continue;
            }

            if (!char.IsAsciiHexDigit((char)text[i]))
            {
                return false;
            }

            int digit = text[i] <= '9' ? text[i] - '0' : (text[i] | 0x20) - 'a' + 10;
            bytes[digits / 2] = (byte)((bytes[digits / 2] << 4) | digit);
            digits++;
        }

        return true;
    }
}
