using System.Text.Json;

namespace Headwater.Core.Schemas.Json;

/// <summary>The shape of a JSON value, visible without parsing its content. It excludes most branches of a union.</summary>
[Flags]
internal enum JsonShapes
{
    None = 0,
    Null = 1,
    Boolean = 2,

    /// <summary>A number without a fraction or an exponent.</summary>
    Integer = 4,

    /// <summary>A number with a fraction or an exponent.</summary>
    Fraction = 8,

    /// <summary>The strings "NaN", "Infinity" and "-Infinity".</summary>
    NonFinite = 16,

    /// <summary>Any other string.</summary>
    Text = 32,
    Array = 64,
    Object = 128,

    Number = Integer | Fraction,
    String = NonFinite | Text,
}

internal static class JsonShape
{
    /// <summary>The number of shapes.</summary>
    public const int Count = 8;

    public static JsonShapes Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonShapes.Null,
        JsonValueKind.True or JsonValueKind.False => JsonShapes.Boolean,
        JsonValueKind.Number => OfNumber(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value)),
        JsonValueKind.String => OfString(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value)),
        JsonValueKind.Array => JsonShapes.Array,
        JsonValueKind.Object => JsonShapes.Object,
        _ => JsonShapes.None,
    };

    /// <summary>The shape of a JSON text without surrounding white space.</summary>
    public static JsonShapes Of(ReadOnlySpan<byte> json) => (char)json[0] switch
    {
        'n' => JsonShapes.Null,
        't' or 'f' => JsonShapes.Boolean,
        '"' => OfString(json),
        '[' => JsonShapes.Array,
        '{' => JsonShapes.Object,
        _ => OfNumber(json),
    };

    public static JsonShapes OfNumber(ReadOnlySpan<byte> raw) => raw.ContainsAny("."u8[0], "e"u8[0], "E"u8[0]) ? JsonShapes.Fraction : JsonShapes.Integer;

    /// <summary>The shape of a string.</summary>
    /// <param name="text">The text between the quotes, with its escapes.</param>
    public static JsonShapes OfText(ReadOnlySpan<byte> text) =>
        text.Length is 3 or 8 or 9 && (text.SequenceEqual("NaN"u8) || text.SequenceEqual("Infinity"u8) || text.SequenceEqual("-Infinity"u8))
            ? JsonShapes.NonFinite
            : JsonShapes.Text;

    // An escaped form of NaN counts as text, because only the forms that are written must be distinguishable.
    private static JsonShapes OfString(ReadOnlySpan<byte> raw) => OfText(raw[1..^1]);
}
