using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

internal sealed class BytesNode : SchemaNode
{
    public override string Name => "bytes";

    public override JsonShapes Written => JsonShapes.String;

    public override int MinBytes => 1;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        const string What = "bytes (a string of padded base64)";
        if (value.ValueKind != JsonValueKind.String)
        {
            return to.Expected(What, value);
        }

        if (!to.TryGetText(value, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        if (!Base64Text.TryGetLength(text, out int length))
        {
            return to.Expected(What, value);
        }

        to.Output.WriteLong(length);
        Span<byte> bytes = to.Output.GetSpan(length)[..length];
        if (!Base64Text.TryDecode(text, bytes))
        {
            return to.Expected(What, value);
        }

        to.Output.Advance(length);
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from) =>
        from.Reader.TokenType == JsonTokenType.String
        && from.TryGetPlainText(out ReadOnlySpan<byte> text)
        && Base64Text.TryGetLength(text, out int length)
        ? TryDecode(text, length, from.Output)
        : from.TryWriteScalar(this);

    private static bool TryDecode(ReadOnlySpan<byte> text, int length, ValueBuffer to)
    {
        to.WriteLong(length);
        Span<byte> bytes = to.Room(length);
        if (bytes.Length < length || !Base64Text.TryDecode(text, bytes[..length]))
        {
            return false;
        }

        to.Advance(length);
        return true;
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        if (!Latin1Default.TryRead(value, out byte[] bytes))
        {
            return false;
        }

        to.Output.WriteBytes(bytes);
        return true;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk) => reader.ReadBytes();

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to) => to.Json.WriteBase64StringValue(reader.ReadBytes());
}
