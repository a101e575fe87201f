using Headwater.Contracts.Errors;

namespace Headwater.Log.Groups.Model;

/// <summary>A consumer group's name: 1 to 128 characters of A-Z, a-z, 0-9, '.', '_' and '-', the first a letter or digit.</summary>
public readonly record struct GroupName
{
    private GroupName(string value) => Value = value;

    /// <summary>The name's text.</summary>
    public string Value { get; }

    /// <summary>Checks the text and wraps it.</summary>
    /// <exception cref="HeadwaterException">InvalidName.</exception>
    public static GroupName Parse(string text) => PlainName.IsWellFormed(text)
        ? new GroupName(text)
        : throw new HeadwaterException(ErrorCode.InvalidName, $"A group's name has {PlainName.Expected}.");

    /// <summary>The name's text.</summary>
    public override string ToString() => Value;
}

/// <summary>A member's id. Unique in its group, and used by one process at a time. Has the same form as a <see cref="GroupName"/>.</summary>
public readonly record struct MemberName : IComparable<MemberName>
{
    private MemberName(string value) => Value = value;

    /// <summary>The id's text.</summary>
    public string Value { get; }

    /// <summary>Checks the text and wraps it.</summary>
    /// <exception cref="HeadwaterException">InvalidName.</exception>
    public static MemberName Parse(string text) => PlainName.IsWellFormed(text)
        ? new MemberName(text)
        : throw new HeadwaterException(ErrorCode.InvalidName, $"A member's id has {PlainName.Expected}.");

    /// <summary>Compares the texts ordinally.</summary>
    public int CompareTo(MemberName other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>The id's text.</summary>
    public override string ToString() => Value;

    /// <summary>Whether <paramref name="left"/> sorts before <paramref name="right"/>, ordinally.</summary>
    public static bool operator <(MemberName left, MemberName right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> sorts after <paramref name="right"/>, ordinally.</summary>
    public static bool operator >(MemberName left, MemberName right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> sorts before <paramref name="right"/> or is equal to it, ordinally.</summary>
    public static bool operator <=(MemberName left, MemberName right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> sorts after <paramref name="right"/> or is equal to it, ordinally.</summary>
    public static bool operator >=(MemberName left, MemberName right) => left.CompareTo(right) >= 0;
}

/// <summary>The form of group names and member ids. All allowed characters are valid, unescaped, in table keys, blob names and URL paths.</summary>
internal static class PlainName
{
    public const string Expected = "1 to 128 characters of A-Z, a-z, 0-9, '.', '_' and '-', and starts with a letter or digit";

    private const int MaxLength = 128;

    public static bool IsWellFormed(string text) =>
        text.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
