using System.Text;
using System.Text.Json;

namespace Headwater.Core.Schemas.Json;

/// <summary>The default of a bytes or fixed field: a string whose code points, 0 to 255, are the bytes (Avro specification 1.12).</summary>
internal static class Latin1Default
{
    public static bool TryRead(JsonElement value, out byte[] bytes)
    {
        bytes = [];
        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        string text = value.GetString()!;
        if (text.AsSpan().ContainsAnyExceptInRange('\0', '\u00ff'))
        {
            return false;
        }

        bytes = Encoding.Latin1.GetBytes(text);
        return true;
    }
}
