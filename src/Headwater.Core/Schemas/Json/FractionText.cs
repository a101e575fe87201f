using System.Text.Json;

namespace Headwater.Core.Schemas.Json;

/// <summary>Floating-point numbers in JSON always show a fraction or an exponent, so that a union of int and double tells 1 and 1.0 apart.</summary>
internal static class FractionText
{
    /// <summary>Room for the shortest exact spelling of any double, and ".0".</summary>
    public const int MaxLength = 40;

    /// <param name="json">Where to.</param>
    /// <param name="text">The number as .NET spells it, with room for two more.</param>
    /// <param name="length">How long it is.</param>
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
