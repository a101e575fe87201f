using System.Buffers;
using System.Buffers.Text;

namespace Headwater.Core.Schemas.Json;

/// <summary>Bytes in JSON: base64 (RFC 4648 section 4), padded, no white space.</summary>
internal static class Base64Text
{
    /// <summary>The number of bytes that the text decodes to.</summary>
    /// <returns>False if the length of the text is not a multiple of 4.</returns>
    public static bool TryGetLength(ReadOnlySpan<byte> text, out int length)
    {
        int padding = text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0;
        length = (text.Length / 4 * 3) - padding;
        return text.Length % 4 == 0;
    }

    /// <param name="text">The text.</param>
    /// <param name="into">As long as <see cref="TryGetLength"/> returns.</param>
    /// <returns>False if the text is not base64.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> into) =>
        Base64.DecodeFromUtf8(text, into, out int consumed, out int written) == OperationStatus.Done
        && consumed == text.Length
        && written == into.Length;
}
