using System.Diagnostics.CodeAnalysis;

namespace Headwater.Core.Segments;

/// <summary>The names of the codecs in the metadata <c>avro.codec</c> (Avro specification 1.12, "Required Codecs" and "Optional Codecs").</summary>
public static class BlockCodecNames
{
    /// <summary>The name of <see cref="BlockCodec.Null"/>.</summary>
    public const string Null = "null";

    /// <summary>The name of <see cref="BlockCodec.Deflate"/>.</summary>
    public const string Deflate = "deflate";

    /// <summary>The name of <see cref="BlockCodec.Zstandard"/>.</summary>
    public const string Zstandard = "zstandard";

    /// <summary>The codec's name in <c>avro.codec</c>.</summary>
    public static string Name(this BlockCodec codec) => codec switch
    {
        BlockCodec.Null => Null,
        BlockCodec.Deflate => Deflate,
        BlockCodec.Zstandard => Zstandard,
    };

    /// <summary>The codec of a name in <c>avro.codec</c>.</summary>
    /// <returns>False if the name is null or not supported; <paramref name="codec"/> is then <see cref="BlockCodec.Null"/>.</returns>
    public static bool TryParse([NotNullWhen(true)] string? name, out BlockCodec codec)
    {
        codec = name switch { Deflate => BlockCodec.Deflate, Zstandard => BlockCodec.Zstandard, _ => BlockCodec.Null };
        return name is Null or Deflate or Zstandard;
    }
}
