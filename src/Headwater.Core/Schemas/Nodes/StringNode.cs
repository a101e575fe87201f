using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

internal sealed class StringNode : SchemaNode
{
    public override string Name => "string";

    public override JsonShapes Written => JsonShapes.String;

    public override int MinBytes => 1;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return to.Expected("a string", value);
        }

        if (!to.TryGetText(value, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        to.Output.WriteUtf8(text);
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from) => from.Reader.TokenType == JsonTokenType.String && from.TryWriteText();

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        to.Output.WriteString(value.GetString());
        return true;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk) => reader.ReadUtf8();

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to) => to.Json.WriteStringValue(reader.ReadUtf8());

    public override void WriteMember(JsonEncodedText name, ref AvroReader reader, ref AvroToJson to) => to.Json.WriteString(name, reader.ReadUtf8());
}
