using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Headwater.Http.Requests;

/// <summary>The ETag of an answer, made from its content.</summary>
/// <param name="Hash">Of the content before compression.</param>
/// <param name="IsStrong">Whether the tag can be named in If-Match.</param>
internal readonly record struct ContentTag(string Hash, bool IsStrong)
{
    private const int HashBytes = 8;

    public static ContentTag Of(ReadOnlySpan<byte> content, bool isStrong) =>
        new(Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, HashBytes)), isStrong);

    /// <summary>The tag as a header. Each content encoding has its own strong tag (RFC 9110, 8.8.3.3).</summary>
    /// <param name="encoding">Null for the content as it is.</param>
    public string In(string? encoding) => !IsStrong ? $"W/\"{Hash}\"" : encoding is null ? $"\"{Hash}\"" : $"\"{Hash}-{encoding}\"";

    /// <summary>Whether a tag names this content in any encoding, weakly or strongly.</summary>
    public bool IsNamedBy(EntityTagHeaderValue tag)
    {
        ReadOnlySpan<char> named = tag.Tag.AsSpan().Trim('"');
        return named.StartsWith(Hash, StringComparison.Ordinal) && (named.Length == Hash.Length || named[Hash.Length] == '-');
    }
}
