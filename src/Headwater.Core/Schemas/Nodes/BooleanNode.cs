using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

internal sealed class BooleanNode : SchemaNode
{
    public override string Name => "boolean";

    public override JsonShapes Written => JsonShapes.Boolean;

    public override int MinBytes => 1;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return to.Expected("a boolean", value);
        }

        to.Output.WriteBoolean(value.ValueKind == JsonValueKind.True);
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from)
    {
        if (from.Reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
        {
            return false;
        }

        from.Output.WriteByte(from.Reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0);
        return true;
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return false;
        }

        to.Output.WriteBoolean(value.ValueKind == JsonValueKind.True);
        return true;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk) => reader.ReadBoolean();

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to) => to.Json.WriteBooleanValue(reader.ReadBoolean());

    public override void WriteMember(JsonEncodedText name, ref AvroReader reader, ref AvroToJson to) => to.Json.WriteBoolean(name, reader.ReadBoolean());
}
