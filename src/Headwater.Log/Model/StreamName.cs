using Headwater.Contracts.Errors;

namespace Headwater.Log.Model;

/// <summary>A stream's name: <c>[a-z0-9][a-z0-9._-]{0,127}</c>; names starting with <c>headwater.</c> are reserved.</summary>
public readonly record struct StreamName
{
    /// <summary>Most characters of a name.</summary>
    public const int MaxLength = 128;

    private const string ReservedPrefix = "headwater.";

    private StreamName(string value) => Value = value;

    /// <summary>The name as text; null in the default value of the struct.</summary>
    public string Value { get; }

    /// <summary>Checks a text and makes it a name.</summary>
    /// <exception cref="HeadwaterException"><see cref="ErrorCode.InvalidName"/> or <see cref="ErrorCode.ReservedName"/>.</exception>
    public static StreamName Parse(string text)
    {
        if (!IsWellFormed(text))
        {
            throw new HeadwaterException(
                ErrorCode.InvalidName,
                "A stream's name has 1 to 128 characters of a-z, 0-9, '.', '_' and '-', and starts with a letter or digit.");
        }

        return text.StartsWith(ReservedPrefix, StringComparison.Ordinal)
            ? throw new HeadwaterException(ErrorCode.ReservedName, "Names starting with 'headwater.' are reserved; choose another.")
            : new StreamName(text);
    }

    /// <summary>Makes a text a name, without an exception.</summary>
    /// <returns>False for a text that <see cref="Parse"/> rejects.</returns>
    public static bool TryParse(string text, out StreamName name)
    {
        bool usable = IsWellFormed(text) && !text.StartsWith(ReservedPrefix, StringComparison.Ordinal);
        name = usable ? new StreamName(text) : default;
        return usable;
    }

    /// <summary>The name, as <see cref="Value"/>.</summary>
    public override string ToString() => Value;

    private static bool IsWellFormed(string text) =>
        text.Length is > 0 and <= MaxLength && IsLetterOrDigit(text[0]) && text.All(c => IsLetterOrDigit(c) || c is '.' or '_' or '-');

    private static bool IsLetterOrDigit(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');
}
