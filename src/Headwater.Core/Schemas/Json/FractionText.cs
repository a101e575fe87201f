using System.Text.Json;

namespace Headwater.Core.Schemas.Json;

/// <summary>Writes floating-point numbers with a fraction or an exponent, so that a union of int and double can distinguish 1 and 1.0.</summary>
internal static class FractionText
{
    /// <summary>The largest size of a double in its shortest exact form plus ".0", in bytes.</summary>
    public const int MaxLength = 40;

    /// <param name="json">Receives the number.</param>
    /// <param name="text">The number as .NET formats it, with room for two more bytes.</param>
    /// <param name="length">The length of the number in bytes.</param>
    public static void Write(Utf8JsonWriter json, Span<byte> text, int length)
    {
        if (!text[..length].ContainsAny((byte)'.', (byte)'E'))
        {
            ".0"u8.CopyTo(text[length..]);
            length += 2;
        }

        json.WriteRawValue(text[..length], skipInputValidation: true);
    }
}
