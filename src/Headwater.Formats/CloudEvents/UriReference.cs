using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Headwater.Formats.CloudEvents;

/// <summary>
/// URI references by the grammar of RFC 3986. <see cref="Uri"/> is no check: it accepts spaces, and whether it accepts other characters depends on the scheme.
/// </summary>
internal static class UriReference
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private const string RegName = Unreserved + "!$&'()*+,;=%";

    private static readonly SearchValues<byte> SchemeCharacters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");
    private static readonly SearchValues<byte> UserCharacters = Set(RegName + ":");
    private static readonly SearchValues<byte> HostCharacters = Set(RegName);
    private static readonly SearchValues<byte> PathCharacters = Set(RegName + ":@/");
    private static readonly SearchValues<byte> QueryCharacters = Set(RegName + ":@/?");

    /// <summary>Whether the text is a URI or a relative reference.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        if (!HasWholeEscapes(text))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text;
        if (rest.IndexOf((byte)'#') is >= 0 and int fragment)
        {
            if (rest[(fragment + 1)..].ContainsAnyExcept(QueryCharacters))
            {
                return false;
            }

            rest = rest[..fragment];
        }

        if (rest.IndexOf((byte)'?') is >= 0 and int query)
        {
            if (rest[(query + 1)..].ContainsAnyExcept(QueryCharacters))
            {
                return false;
            }

            rest = rest[..query];
        }

        return IsHierarchy(rest);
    }

    /// <summary>Whether the text begins with a scheme and a colon.</summary>
    public static bool HasScheme(ReadOnlySpan<byte> text) => SchemeLength(text) > 0;

    private static bool IsHierarchy(ReadOnlySpan<byte> text)
    {
        int scheme = SchemeLength(text);
        if (scheme > 0)
        {
            text = text[(scheme + 1)..];
        }
        else if (text.IndexOf((byte)':') is >= 0 and int colon && !text[..colon].Contains((byte)'/'))
        {
            return false; // The first segment of a relative path has no colon.
        }

        if (!text.StartsWith("//"u8))
        {
            return !text.ContainsAnyExcept(PathCharacters);
        }

        text = text[2..];
        int end = text.IndexOf((byte)'/');
        ReadOnlySpan<byte> authority = end < 0 ? text : text[..end];
        return IsAuthority(authority) && !text[authority.Length..].ContainsAnyExcept(PathCharacters);
    }

    /// <returns>0 if there is none.</returns>
    private static int SchemeLength(ReadOnlySpan<byte> text)
    {
        int colon = text.IndexOf((byte)':');
        return colon > 0 && char.IsAsciiLetter((char)text[0]) && !text[..colon].ContainsAnyExcept(SchemeCharacters) ? colon : 0;
    }

    private static bool IsAuthority(ReadOnlySpan<byte> text)
    {
        if (text.LastIndexOf((byte)'@') is >= 0 and int at)
        {
            if (text[..at].ContainsAnyExcept(UserCharacters))
            {
                return false;
            }

            text = text[(at + 1)..];
        }

        int host = text.StartsWith("["u8) ? text.IndexOf((byte)']') + 1 : text.IndexOf((byte)':') is >= 0 and int colon ? colon : text.Length;
        if (text.StartsWith("["u8) ? !IsAddress(text[..host]) : text[..host].ContainsAnyExcept(HostCharacters))
        {
            return false;
        }

        ReadOnlySpan<byte> port = text[host..];
        return port.IsEmpty || (port[0] == ':' && !port[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
    }

    private static bool IsAddress(ReadOnlySpan<byte> literal) =>
        literal.Length > 2
        && !literal.Contains((byte)'%')
        && IPAddress.TryParse(Encoding.ASCII.GetString(literal[1..^1]), out IPAddress? address)
        && address.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool HasWholeEscapes(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf((byte)'%') is >= 0 and int at)
        {
            if (text.Length < at + 3 || !char.IsAsciiHexDigit((char)text[at + 1]) || !char.IsAsciiHexDigit((char)text[at + 2]))
            {
                return false;
            }

            text = text[(at + 3)..];
        }

        return true;
    }

    private static SearchValues<byte> Set(string characters) => SearchValues.Create(Encoding.ASCII.GetBytes(characters));
}
