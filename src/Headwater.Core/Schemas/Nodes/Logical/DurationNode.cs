using System.Buffers.Binary;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes.Logical;

/// <summary>Months, days and milliseconds as three unsigned little-endian numbers of 32 bits; in JSON an <see cref="IsoDuration"/>.</summary>
internal sealed class DurationNode(FixedNode underlying) : LogicalNode(underlying)
{
    private const int ByteLength = 12;

    public override string LogicalType => "duration";

    public static bool Fits(SchemaNode underlying) => underlying is FixedNode { Size: ByteLength };

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        const string What = "a duration (ISO 8601, like P1M3DT1.500S; months, days and milliseconds below 2^32)";
        if (value.ValueKind != JsonValueKind.String)
        {
            return to.Expected(What, value);
        }

        if (!to.TryGetText(value, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        if (!IsoDuration.TryRead(text, out IsoDuration duration))
        {
            return to.Expected(What, value);
        }

        Span<byte> bytes = to.Output.GetSpan(ByteLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, duration.Months);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], duration.Days);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], duration.Millis);
        to.Output.Advance(ByteLength);
        return true;
    }

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        ReadOnlySpan<byte> bytes = reader.ReadFixed(ByteLength);
        var duration = new IsoDuration(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
        Span<byte> text = stackalloc byte[IsoDuration.MaxLength];
        to.Json.WriteStringValue(text[..duration.Write(text)]);
    }
}
