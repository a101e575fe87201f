using System.Diagnostics.CodeAnalysis;

namespace Headwater.Core.Segments;

/// <summary>The names of the codecs in <c>avro.codec</c>, as the Avro specification gives them.</summary>
public static class BlockCodecNames
{
    public const string Null = "null";
    public const string Deflate = "deflate";
    public const string Zstandard = "zstandard";

    public static string Name(this BlockCodec codec) => codec switch
    {
        BlockCodec.Null => Null,
        BlockCodec.Deflate => Deflate,
        BlockCodec.Zstandard => Zstandard,
    };

    public static bool TryParse([NotNullWhen(true)] string? name, out BlockCodec codec)
    {
        codec = name switch { Deflate => BlockCodec.Deflate, Zstandard => BlockCodec.Zstandard, _ => BlockCodec.Null };
        return name is Null or Deflate or Zstandard;
    }
}
