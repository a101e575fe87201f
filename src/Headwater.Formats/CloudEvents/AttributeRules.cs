using System.Buffers;
using System.Net.Http.Headers;
using System.Text;

namespace Headwater.Formats.CloudEvents;

/// <summary>
/// The rules of CloudEvents 1.0.2 for an attribute's value. Readers apply them to what is posted, and writers to what is answered, because producers can set
/// any header and any key.
/// </summary>
internal static class AttributeRules
{
    private const string Text = "text without control characters and noncharacters";

    private static readonly SearchValues<byte> AsciiControls = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), 0x7F]);

    /// <summary>
    /// What the attribute's value must be; null if the value is valid. The attributes <c>specversion</c> and <c>time</c> are checked elsewhere.
    /// </summary>
    /// <param name="name">The attribute's name as UTF-8.</param>
    /// <param name="value">The value as valid UTF-8.</param>
    public static string? FaultOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!IsText(value))
        {
            return Text;
        }

        if (name.SequenceEqual("source"u8))
        {
            return !value.IsEmpty && UriReference.IsValid(value) ? null : "a URI reference (RFC 3986) that is not empty";
        }

        if (name.SequenceEqual("dataschema"u8))
        {
            return UriReference.HasScheme(value) && UriReference.IsValid(value) ? null : "a URI (RFC 3986) with a scheme";
        }

        if (name.SequenceEqual("datacontenttype"u8))
        {
            return MediaTypeHeaderValue.TryParse(Encoding.UTF8.GetString(value), out _) ? null : "a media type (RFC 2046)";
        }

        return value.IsEmpty && MustHaveText(name) ? "text that is not empty" : null;
    }

    private static bool MustHaveText(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("id"u8) || name.SequenceEqual("type"u8) || name.SequenceEqual("subject"u8) || name.SequenceEqual("partitionkey"u8);

    private static bool IsText(ReadOnlySpan<byte> value)
    {
        if (value.ContainsAny(AsciiControls))
        {
            return false;
        }

        while (value.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) is >= 0 and int at)
        {
            value = value[at..];
            if (Rune.DecodeFromUtf8(value, out Rune rune, out int length) != OperationStatus.Done || IsControl(rune) || IsNoncharacter(rune))
            {
                return false;
            }

            value = value[length..];
        }

        return true;
    }

    private static bool IsControl(Rune rune) => rune.Value is >= 0x7F and <= 0x9F;

    private static bool IsNoncharacter(Rune rune) => rune.Value is >= 0xFDD0 and <= 0xFDEF || (rune.Value & 0xFFFE) == 0xFFFE;
}
