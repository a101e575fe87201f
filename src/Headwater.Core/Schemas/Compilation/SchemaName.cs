using System.Buffers;

namespace Headwater.Core.Schemas.Compilation;

/// <summary>Checks names (Avro specification 1.12, "Names"): ASCII letters, digits and underscores, no digit first; full names are dotted.</summary>
internal static class SchemaName
{
    private const string Reserved = "Headwater";

    private static readonly SearchValues<char> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <exception cref="SchemaException">The text is not a name.</exception>
    public static void CheckSimple(string name, string pointer)
    {
        if (!IsSimple(name))
        {
            throw new SchemaException($"{pointer}: \"{name}\" is not a name (letters, digits and _, no digit first)");
        }
    }

    /// <summary>Checks a name, dotted or not, that a schema gives to a type. Names of the stored event are reserved.</summary>
    /// <exception cref="SchemaException">The text is not a name, or reserved.</exception>
    public static void CheckDefined(string name, string pointer)
    {
        CheckDotted(name, pointer);
        if (name[(name.LastIndexOf('.') + 1)..].StartsWith(Reserved, StringComparison.Ordinal))
        {
            throw new SchemaException($"{pointer}: names that start with {Reserved} are reserved");
        }
    }

    /// <exception cref="SchemaException">The text is not a dotted name.</exception>
    public static void CheckDotted(string name, string pointer)
    {
        foreach (string part in name.Split('.'))
        {
            if (!IsSimple(part))
            {
                throw new SchemaException($"{pointer}: \"{name}\" is not a full name (names joined with dots)");
            }
        }
    }

    private static bool IsSimple(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(Letters);
}
