using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

internal sealed class NullNode : SchemaNode
{
    public override string Name => "null";

    public override JsonShapes Written => JsonShapes.Null;

    public override int MinBytes => 0;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to) =>
        value.ValueKind == JsonValueKind.Null || to.Expected(Name, value);

    public override bool TryWriteNext(ref JsonInput from) => from.Reader.TokenType == JsonTokenType.Null;

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to) => value.ValueKind == JsonValueKind.Null;

    public override void Skip(ref AvroReader reader, ref AvroWalk walk)
    {
    }

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to) => to.Json.WriteNullValue();

    public override void WriteMember(JsonEncodedText name, ref AvroReader reader, ref AvroToJson to) => to.Json.WriteNull(name);
}
