using System.Runtime.InteropServices;
using System.Text.Json;

namespace Headwater.Core.Schemas.Json;

/// <summary>NaN and the infinities, which JSON represents as strings because it has no numbers for them.</summary>
internal static class NonFinite
{
    public static bool TryRead(JsonElement value, out double number)
    {
        number = 0;
        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(value);
        if (raw.SequenceEqual("\"NaN\""u8))
        {
            number = double.NaN;
        }
        else if (raw.SequenceEqual("\"Infinity\""u8))
        {
            number = double.PositiveInfinity;
        }
        else if (raw.SequenceEqual("\"-Infinity\""u8))
        {
            number = double.NegativeInfinity;
        }

        return number != 0;
    }

    public static ReadOnlySpan<byte> Format(double number)
    {
        if (double.IsNaN(number))
        {
            return "NaN"u8;
        }

        return number > 0 ? "Infinity"u8 : "-Infinity"u8;
    }
}
