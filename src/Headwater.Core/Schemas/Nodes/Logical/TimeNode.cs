using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes.Logical;

/// <summary>A time of day; in JSON <c>HH:mm:ss.fff</c>, or the underlying number, which is written if it is outside a day.</summary>
internal sealed class TimeNode : LogicalNode
{
    private readonly TimeUnit _unit;
    private readonly bool _isInt;
    private readonly string _what;

    public TimeNode(SchemaNode underlying, TimeUnit unit)
        : base(underlying)
    {
        _unit = unit;
        _isInt = underlying is IntNode;
        _what = $"a time of day in {unit.Name} (HH:mm:ss.{new string('f', unit.FractionDigits)}, or a number)";
    }

    public override string LogicalType => $"time-{_unit.LogicalSuffix}";

    public override JsonShapes Written => JsonShapes.Text | JsonShapes.Integer;

    public override JsonShapes Accepted => JsonShapes.Text | JsonShapes.Number;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (!TryRead(value, ref to, out long time))
        {
            return to.Expected(_what, value);
        }

        to.Output.WriteLong(time);
        return true;
    }

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        long time = _isInt ? reader.ReadInt() : reader.ReadLong();
        if (!IsTimeOfDay(time))
        {
            to.Json.WriteNumberValue(time);
            return;
        }

        Span<byte> text = stackalloc byte[IsoTime.LengthWith(_unit.FractionDigits)];
        IsoTime.Write(time * _unit.Nanos, _unit.FractionDigits, text);
        to.Json.WriteStringValue(text);
    }

    private bool IsTimeOfDay(long time) => time >= 0 && time < _unit.PerDay;

    private bool TryRead(JsonElement value, ref JsonToAvro to, out long time)
    {
        time = 0;
        if (value.ValueKind != JsonValueKind.String)
        {
            return JsonNumber.TryReadWhole(value, to.NaturalOnly, out time)
                && (!_isInt || time == (int)time)
                && !(to.NaturalOnly && IsTimeOfDay(time));
        }

        return to.TryGetText(value, out ReadOnlySpan<byte> text)
            && IsoTime.TryRead(text, out long nanos, out int length)
            && length == text.Length
            && _unit.TryFromNanos(nanos, out time);
    }
}
