using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes.Logical;

/// <summary>Days since 1970-01-01; in JSON <c>yyyy-MM-dd</c>, or the number of days, which is written outside the years 1 to 9999.</summary>
internal sealed class DateNode(IntNode underlying) : LogicalNode(underlying)
{
    public override string LogicalType => "date";

    public override JsonShapes Written => JsonShapes.Text | JsonShapes.Integer;

    public override JsonShapes Accepted => JsonShapes.Text | JsonShapes.Number;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (!TryRead(value, ref to, out int days))
        {
            return to.Expected("a date (yyyy-MM-dd, or days since 1970-01-01)", value);
        }

        to.Output.WriteInt(days);
        return true;
    }

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        int days = reader.ReadInt();
        if (!IsoDate.IsPrintable(days))
        {
            to.Json.WriteNumberValue(days);
            return;
        }

        Span<byte> text = stackalloc byte[IsoDate.Length];
        IsoDate.Write(days, text);
        to.Json.WriteStringValue(text);
    }

    private static bool TryRead(JsonElement value, ref JsonToAvro to, out int days)
    {
        days = 0;
        if (value.ValueKind == JsonValueKind.String)
        {
            return to.TryGetText(value, out ReadOnlySpan<byte> text) && IsoDate.TryRead(text, out days) && text.Length == IsoDate.Length;
        }

        bool whole = JsonNumber.TryReadWhole(value, to.NaturalOnly, out long number);
        days = (int)number;

        // A number is accepted for a day that has a date, but is not the natural form.
        return whole && number == days && !(to.NaturalOnly && IsoDate.IsPrintable(days));
    }
}
