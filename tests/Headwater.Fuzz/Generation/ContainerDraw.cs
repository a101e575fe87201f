using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas;

namespace Headwater.Fuzz.Generation;

/// <summary>Draws Avro container files: of values or of records with key, headers and time, with faults in the structure or in the bytes.</summary>
internal sealed class ContainerDraw(Draw draw, EventDraw events)
{
    public byte[] Next(DrawnStream stream)
    {
        byte[] file = stream.Container is { } stored && draw.OneIn(2) ? stored : Built(stream);
        return draw.OneIn(3) ? Mutation.Bytes(draw, file) : file;
    }

    private byte[] Built(DrawnStream stream)
    {
        (string schema, ArrayBufferWriter<byte> block, long count) = Block(stream);
        string codec = draw.OneIn(12) ? draw.Pick("snappy", "zstandard", draw.Text()) : draw.Pick("null", "deflate", "");
        byte[] content = codec == "deflate" ? Deflate(block.WrittenSpan.ToArray()) : block.WrittenSpan.ToArray();
        byte[] sync = draw.Bytes(16);

        var file = new ArrayBufferWriter<byte>();
        file.Write("Obj\u0001"u8);
        file.WriteLong(codec.Length == 0 ? 1 : 2);
        file.WriteString(draw.OneIn(40) ? draw.Text() : "avro.schema");
        file.WriteBytes(draw.OneIn(8) ? Mutation.Json(draw, schema) : Encoding.UTF8.GetBytes(schema));
        if (codec.Length > 0)
        {
            file.WriteString("avro.codec");
            file.WriteBytes(Encoding.UTF8.GetBytes(codec));
        }

        file.WriteLong(0);
        file.Write(sync);
        for (int blocks = draw.Pick(1, 1, 1, 1, 2, 2, 0); blocks > 0; blocks--)
        {
            file.WriteLong(draw.OneIn(12) ? draw.Pick(0, count + 1, -count, draw.Number(63)) : count);
            file.WriteLong(draw.OneIn(20) ? draw.Pick(0, content.Length + 1, draw.Number(31), draw.Number(63)) : content.Length);
            file.Write(content);
            file.Write(draw.OneIn(20) ? draw.Bytes(16) : sync);
        }

        return file.WrittenSpan.ToArray();
    }

    private (string Schema, ArrayBufferWriter<byte> Block, long Count) Block(DrawnStream stream)
    {
        string schema = stream.Type?.Schema ?? "\"bytes\"";
        bool isWrapped = draw.OneIn(2);
        var block = new ArrayBufferWriter<byte>();
        int count = draw.OneIn(10) ? 0 : 1 + draw.Below(3);
        int written = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] value = Encoded(stream, schema);
            if (isWrapped)
            {
                block.WriteString(draw.Pick("a", "b", draw.Text()));
                block.Write(value);
                block.WriteLong(draw.OneIn(10) ? draw.Number(63) : 1_700_000_000_000 + draw.Below(1_000));
            }
            else
            {
                block.Write(value);
            }

            written++;
        }

        string logical = draw.Pick("timestamp-micros", "timestamp-millis", "timestamp-millis", "timestamp-nanos");
        return (
            isWrapped
                ? $$"""{"type":"record","name":"Wrapper","fields":[{"name":"key","type":"string"},{"name":"value","type":{{schema}}},"""
                    + $$$"""{"name":"time","type":{"type":"long","logicalType":"{{{logical}}}"}}]}"""
                : schema,
            block,
            written);
    }

    /// <summary>The bytes of a drawn value; if the schema or the value is not valid, drawn bytes.</summary>
    private byte[] Encoded(DrawnStream stream, string schema)
    {
        if (stream.Type is null || draw.OneIn(20))
        {
            var bytes = new ArrayBufferWriter<byte>();
            bytes.WriteBytes(draw.Bytes(draw.Below(5)));
            return bytes.WrittenSpan.ToArray();
        }

        try
        {
            using JsonDocument value = JsonDocument.Parse(events.Value(stream).Json);
            var parsed = ValueSchema.Parse(schema);
            var output = new ArrayBufferWriter<byte>();
            bool isOwnUnion = schema.StartsWith('[');
            return parsed.TryWriteJson(value.RootElement, output) is null ? output.WrittenSpan[(isOwnUnion ? 0 : 1)..].ToArray() : draw.Bytes(3);
        }
        catch (SchemaException)
        {
            return draw.Bytes(3);
        }
    }

    private static byte[] Deflate(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(plain);
        }

        return packed.ToArray();
    }
}
