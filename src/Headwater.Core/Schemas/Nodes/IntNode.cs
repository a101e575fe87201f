using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>In JSON a whole number; 1.0 and 1e3 are accepted if no other branch of a union accepts them.</summary>
internal sealed class IntNode : SchemaNode
{
    public override string Name => "int";

    public override JsonShapes Written => JsonShapes.Integer;

    public override JsonShapes Accepted => JsonShapes.Number;

    public override int MinBytes => 1;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (!JsonNumber.TryReadWhole(value, to.NaturalOnly, out long number) || number != (int)number)
        {
            return to.Expected("an int (a whole number from -2147483648 to 2147483647)", value);
        }

        to.Output.WriteInt((int)number);
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from)
    {
        if (from.Reader.TokenType != JsonTokenType.Number || !JsonNumber.TryReadDigits(from.Reader.ValueSpan, out long number) || number != (int)number)
        {
            return from.TryWriteScalar(this);
        }

        from.Output.WriteLong(number);
        return true;
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        if (!JsonNumber.TryReadWhole(value, naturalOnly: false, out long number) || number != (int)number)
        {
            return false;
        }

        to.Output.WriteInt((int)number);
        return true;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk) => reader.ReadInt();

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to) => to.Json.WriteNumberValue(reader.ReadInt());

    public override void WriteMember(JsonEncodedText name, ref AvroReader reader, ref AvroToJson to) => to.Json.WriteNumber(name, reader.ReadInt());
}
