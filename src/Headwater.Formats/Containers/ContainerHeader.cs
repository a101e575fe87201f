using System.Text;
using Headwater.Contracts.Errors;
using Headwater.Core.Avro;
using Headwater.Core.Segments;
using Headwater.Log.Model;

namespace Headwater.Formats.Containers;

/// <summary>The header of an Avro container file (specification 1.12, "Object Container Files"), written by anyone.</summary>
/// <param name="Schema">The writer's, as JSON.</param>
/// <param name="Codec">Of every block.</param>
/// <param name="Sync">Ends every block.</param>
/// <param name="Length">Bytes up to the first block.</param>
public sealed record ContainerHeader(string Schema, BlockCodec Codec, SyncMarker Sync, int Length)
{
    private const int MinEntryBytes = 2;
    private const int CodecNameBytes = 64;

    private static ReadOnlySpan<byte> Magic => "Obj\u0001"u8;

    /// <exception cref="AvroFormatException">Not a container file.</exception>
    /// <exception cref="HeadwaterException">UnsupportedMediaType: the codec is not supported.</exception>
    public static ContainerHeader Read(ReadOnlySpan<byte> file)
    {
        var reader = new AvroReader(file);
        if (!reader.ReadFixed(Magic.Length).SequenceEqual(Magic))
        {
            throw new AvroFormatException("the file does not begin with Obj and 1", 0);
        }

        string? schema = null;
        string codec = BlockCodecNames.Null;
        while (true)
        {
            AvroBlock block = reader.ReadBlock(MinEntryBytes);
            if (block.Count == 0)
            {
                break;
            }

            for (int i = 0; i < block.Count; i++)
            {
                ReadEntry(ref reader, ref schema, ref codec);
            }

            reader.EndBlock(block);
        }

        var sync = SyncMarker.FromBytes(reader.ReadFixed(SyncMarker.Size));
        if (schema is null)
        {
            throw new AvroFormatException("the file's header has no avro.schema", 0);
        }

        return new ContainerHeader(schema, CodecOf(codec), sync, reader.Consumed);
    }

    private static void ReadEntry(ref AvroReader reader, ref string? schema, ref string codec)
    {
        ReadOnlySpan<byte> name = reader.ReadUtf8();
        if (name.SequenceEqual("avro.schema"u8))
        {
            schema = TextOf(ref reader, Limits.ContainerSchemaBytes, "avro.schema");
        }
        else if (name.SequenceEqual("avro.codec"u8))
        {
            codec = TextOf(ref reader, CodecNameBytes, "avro.codec");
        }
        else
        {
            reader.SkipBytes();
        }
    }

    /// <exception cref="AvroFormatException">The text is too long, or not UTF-8.</exception>
    private static string TextOf(ref AvroReader reader, int limit, string name)
    {
        long position = reader.Position;
        ReadOnlySpan<byte> text = reader.ReadUtf8();
        return text.Length <= limit ? Encoding.UTF8.GetString(text)
            : throw new AvroFormatException($"{name} in the file's header has {text.Length} bytes; the limit is {limit}", position);
    }

    private static BlockCodec CodecOf(string name) => BlockCodecNames.TryParse(name, out BlockCodec codec)
        ? codec
        : throw new HeadwaterException(
            ErrorCode.UnsupportedMediaType,
            $"The codec '{name}' of the container file is not supported; use null, deflate or zstandard.")
        {
            Facts = new AcceptedCodecsFacts([BlockCodecNames.Null, BlockCodecNames.Deflate, BlockCodecNames.Zstandard]),
        };
}
