namespace Headwater.Formats.Parsing;

/// <summary>RFC 6901.</summary>
public static class JsonPointer
{
    /// <summary>Escapes a name for a JSON pointer.</summary>
    public static string Escape(string token) => token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
