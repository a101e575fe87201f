using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>In JSON a whole number, or a string of digits for clients whose JSON numbers lose digits beyond 2^53.</summary>
internal sealed class LongNode : SchemaNode
{
    public override string Name => "long";

    public override JsonShapes Written => JsonShapes.Integer;

    public override JsonShapes Accepted => JsonShapes.Number | JsonShapes.Text;

    public override int MinBytes => 1;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (!TryRead(value, to.NaturalOnly, out long number))
        {
            return to.Expected("a long (a whole number of 64 bits)", value);
        }

        to.Output.WriteLong(number);
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from)
    {
        if (from.Reader.TokenType != JsonTokenType.Number || !JsonNumber.TryReadDigits(from.Reader.ValueSpan, out long number))
        {
            return from.TryWriteScalar(this);
        }

        from.Output.WriteLong(number);
        return true;
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        if (!JsonNumber.TryReadWhole(value, naturalOnly: false, out long number))
        {
            return false;
        }

        to.Output.WriteLong(number);
        return true;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk) => reader.ReadLong();

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to) => to.Json.WriteNumberValue(reader.ReadLong());

    public override void WriteMember(JsonEncodedText name, ref AvroReader reader, ref AvroToJson to) => to.Json.WriteNumber(name, reader.ReadLong());

    private static bool TryRead(JsonElement value, bool naturalOnly, out long number) =>
        JsonNumber.TryReadWhole(value, naturalOnly, out number) || (!naturalOnly && JsonNumber.TryReadDigits(value, out number));
}
