using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Headwater.Formats.CloudEvents;

/// <summary>
/// Decodes an attribute in an HTTP header of binary mode (HTTP protocol binding 1.0.2, 3.1.3.2): first double quotes, then percent encoding. A percent sign
/// that encodes nothing is rejected, because "50%25" and "50%ab" would otherwise depend on what the sender meant.
/// </summary>
internal static class AttributeHeader
{
    /// <summary>What a header must be, for messages.</summary>
    public const string Expected = "the header is not percent-encoded UTF-8; send a percent sign as %25";

    /// <summary>Null if the header is not encoded as the binding says.</summary>
    public static string? Decode(string header)
    {
        string text = header.Trim();
        if (text.StartsWith('"'))
        {
            if (Unquote(text) is not { } unquoted)
            {
                return null;
            }

            text = unquoted;
        }

        return text.Contains('%', StringComparison.Ordinal) ? Unescape(text) : text;
    }

    private static string? Unquote(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (int i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    return i == text.Length - 1 ? plain.ToString() : null;
                case '\\' when ++i == text.Length:
                    return null;
                default:
                    plain.Append(text[i]);
                    break;
            }
        }

        return null;
    }

    private static string? Unescape(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        int length = 0;
        for (int i = 0; i < utf8.Length; i++)
        {
            byte next = utf8[i];
            if (next == '%')
            {
                if (i + 3 > utf8.Length || !byte.TryParse(utf8.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out next))
                {
                    return null;
                }

                i += 2;
            }

            utf8[length++] = next;
        }

        ReadOnlySpan<byte> plain = utf8.AsSpan(0, length);
        return Utf8.IsValid(plain) ? Encoding.UTF8.GetString(plain) : null;
    }
}
