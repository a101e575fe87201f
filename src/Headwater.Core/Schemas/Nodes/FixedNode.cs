using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

internal sealed class FixedNode(string name, int size) : SchemaNode
{
    private readonly string _what = $"fixed {name} (a string of padded base64, {size} bytes)";

    public override string Name { get; } = name;

    public override JsonShapes Written => JsonShapes.String;

    public override int MinBytes => Size;

    public int Size { get; } = size;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return to.Expected(_what, value);
        }

        if (!to.TryGetText(value, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        if (!Base64Text.TryGetLength(text, out int length) || length != Size)
        {
            return to.Expected(_what, value);
        }

        if (!Base64Text.TryDecode(text, to.Output.GetSpan(Size)[..Size]))
        {
            return to.Expected(_what, value);
        }

        to.Output.Advance(Size);
        return true;
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        if (!Latin1Default.TryRead(value, out byte[] bytes) || bytes.Length != Size)
        {
            return false;
        }

        to.Output.WriteFixed(bytes);
        return true;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk) => reader.ReadFixed(Size);

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to) => to.Json.WriteBase64StringValue(reader.ReadFixed(Size));
}
