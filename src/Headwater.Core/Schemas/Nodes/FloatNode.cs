using System.Globalization;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// In JSON a number, rounded to 32 bits; NaN and the infinities are strings. In a union, the natural form of a float is a number that
/// rounding does not change, so that a double branch gets the other numbers.
/// </summary>
internal sealed class FloatNode : SchemaNode
{
    public override string Name => "float";

    public override JsonShapes Written => JsonShapes.Fraction | JsonShapes.NonFinite;

    public override JsonShapes Natural => JsonShapes.Number | JsonShapes.NonFinite;

    public override int MinBytes => sizeof(float);

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (!TryRead(value, out float number) || (to.NaturalOnly && !IsLossless(value, number)))
        {
            return to.Expected("a float (a number, \"NaN\", \"Infinity\" or \"-Infinity\")", value);
        }

        to.Output.WriteFloat(number);
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from)
    {
        if (from.Reader.TokenType != JsonTokenType.Number || !from.Reader.TryGetSingle(out float number) || !float.IsFinite(number))
        {
            return from.TryWriteScalar(this);
        }

        from.Output.WriteFloat(number);
        return true;
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        if (value.ValueKind != JsonValueKind.Number || !TryRead(value, out float number))
        {
            return false;
        }

        to.Output.WriteFloat(number);
        return true;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk) => reader.ReadFloat();

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        float number = reader.ReadFloat();
        if (!float.IsFinite(number))
        {
            to.Json.WriteStringValue(NonFinite.Format(number));
            return;
        }

        Span<byte> text = stackalloc byte[FractionText.MaxLength];
        number.TryFormat(text, out int length, default, CultureInfo.InvariantCulture);
        FractionText.Write(to.Json, text, length);
    }

    private static bool TryRead(JsonElement value, out float number)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetSingle(out number) && float.IsFinite(number);
        }

        bool read = NonFinite.TryRead(value, out double special);
        number = (float)special;
        return read;
    }

    private static bool IsLossless(JsonElement value, float number)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return true;
        }

        Span<byte> text = stackalloc byte[FractionText.MaxLength];
        number.TryFormat(text, out int length, default, CultureInfo.InvariantCulture);
        return value.TryGetDouble(out double exact)
            && double.TryParse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out double kept)
            && exact.Equals(kept);
    }
}
