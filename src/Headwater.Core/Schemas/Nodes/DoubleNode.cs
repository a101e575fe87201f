using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>In JSON a number, rounded to 64 bits; NaN and the infinities are strings.</summary>
internal sealed class DoubleNode : SchemaNode
{
    public override string Name => "double";

    public override JsonShapes Written => JsonShapes.Fraction | JsonShapes.NonFinite;

    public override JsonShapes Natural => JsonShapes.Number | JsonShapes.NonFinite;

    public override int MinBytes => sizeof(double);

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (!TryRead(value, out double number))
        {
            return to.Expected("a double (a number, \"NaN\", \"Infinity\" or \"-Infinity\")", value);
        }

        to.Output.WriteDouble(number);
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from)
    {
        if (from.Reader.TokenType != JsonTokenType.Number || !JsonNumber.TryReadDouble(from.Reader.ValueSpan, out double number))
        {
            return from.TryWriteScalar(this);
        }

        from.Output.WriteDouble(number);
        return true;
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        if (value.ValueKind != JsonValueKind.Number || !TryRead(value, out double number))
        {
            return false;
        }

        to.Output.WriteDouble(number);
        return true;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk) => reader.ReadDouble();

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        double number = reader.ReadDouble();
        if (!double.IsFinite(number))
        {
            to.Json.WriteStringValue(NonFinite.Format(number));
            return;
        }

        FractionText.Write(to.Json, number);
    }

    private static bool TryRead(JsonElement value, out double number) =>
        value.ValueKind == JsonValueKind.Number
            ? value.TryGetDouble(out number) && double.IsFinite(number)
            : NonFinite.TryRead(value, out number);
}
