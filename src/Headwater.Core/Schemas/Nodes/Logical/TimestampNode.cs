using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes.Logical;

/// <summary>
/// An instant (in JSON <c>yyyy-MM-ddTHH:mm:ss.fffZ</c>; any UTC offset is accepted), or a local date and time without a zone; or the underlying
/// number, which is written outside the years 1 to 9999.
/// </summary>
internal sealed class TimestampNode : LogicalNode
{
    private readonly TimeUnit _unit;
    private readonly bool _local;
    private readonly string _what;

    public TimestampNode(LongNode underlying, TimeUnit unit, bool local)
        : base(underlying)
    {
        _unit = unit;
        _local = local;
        string fraction = new('f', unit.FractionDigits);
        _what = local
            ? $"a local timestamp in {unit.Name} (yyyy-MM-ddTHH:mm:ss.{fraction} without a zone, or a number)"
            : $"a timestamp in {unit.Name} (yyyy-MM-ddTHH:mm:ss.{fraction} with Z or an offset, or a number)";
    }

    public override string LogicalType => $"{(_local ? "local-" : "")}timestamp-{_unit.LogicalSuffix}";

    public override JsonShapes Written => JsonShapes.Text | JsonShapes.Integer;

    public override JsonShapes Accepted => JsonShapes.Text | JsonShapes.Number;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (!TryRead(value, ref to, out long count))
        {
            return to.Expected(_what, value);
        }

        to.Output.WriteLong(count);
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from)
    {
        // In nanoseconds, 64 bits end within the years that a text can state.
        if (from.Reader.TokenType != JsonTokenType.String
            || _unit.Nanos == 1
            || !from.TryGetPlainText(out ReadOnlySpan<byte> text)
            || !IsoTimestamp.TryRead(text, _local, out int days, out long nanos))
        {
            return from.TryWriteScalar(this);
        }

        bool isExact = _unit.TryFromNanos(nanos, out long rest);
        from.Output.WriteLong((days * _unit.PerDay) + rest);
        return isExact;
    }

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        long count = reader.ReadLong();
        if (!IsPrintable(count))
        {
            to.Json.WriteNumberValue(count);
            return;
        }

        long days = DaysOf(count, out long rest);
        Span<byte> text = stackalloc byte[IsoTimestamp.MaxLength];
        int length = IsoTimestamp.Write((int)days, rest * _unit.Nanos, _unit.FractionDigits, _local, text);
        to.Json.WriteStringValue(text[..length]);
    }

    private bool IsPrintable(long count) => IsoDate.IsPrintable(DaysOf(count, out _));

    private long DaysOf(long count, out long rest)
    {
        (long days, rest) = Math.DivRem(count, _unit.PerDay);
        if (rest >= 0)
        {
            return days;
        }

        rest += _unit.PerDay;
        return days - 1;
    }

    private bool TryRead(JsonElement value, ref JsonToAvro to, out long count)
    {
        count = 0;
        if (value.ValueKind != JsonValueKind.String)
        {
            return JsonNumber.TryReadWhole(value, to.NaturalOnly, out count) && !(to.NaturalOnly && IsPrintable(count));
        }

        if (!to.TryGetText(value, out ReadOnlySpan<byte> text) || !IsoTimestamp.TryRead(text, _local, out Int128 nanos))
        {
            return false;
        }

        Int128 exact = nanos / _unit.Nanos;
        count = (long)exact;
        return nanos % _unit.Nanos == 0 && exact == count;
    }
}
