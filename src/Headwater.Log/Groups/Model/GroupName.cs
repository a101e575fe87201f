using Headwater.Contracts.Errors;

namespace Headwater.Log.Groups.Model;

/// <summary>A consumer group's name: 1 to 128 characters of A-Z, a-z, 0-9, '.', '_' and '-', the first a letter or digit.</summary>
public readonly record struct GroupName
{
    private GroupName(string value) => Value = value;

    public string Value { get; }

    /// <exception cref="HeadwaterException">InvalidName.</exception>
    public static GroupName Parse(string text) => PlainName.IsWellFormed(text)
        ? new GroupName(text)
        : throw new HeadwaterException(ErrorCode.InvalidName, $"A group's name has {PlainName.Expected}.");

    public override string ToString() => Value;
}

/// <summary>A member's id, unique in its group and standing for one process at a time. Written like a <see cref="GroupName"/>.</summary>
public readonly record struct MemberName : IComparable<MemberName>
{
    private MemberName(string value) => Value = value;

    public string Value { get; }

    /// <exception cref="HeadwaterException">InvalidName.</exception>
    public static MemberName Parse(string text) => PlainName.IsWellFormed(text)
        ? new MemberName(text)
        : throw new HeadwaterException(ErrorCode.InvalidName, $"A member's id has {PlainName.Expected}.");

    public int CompareTo(MemberName other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;

    public static bool operator <(MemberName left, MemberName right) => left.CompareTo(right) < 0;

    public static bool operator >(MemberName left, MemberName right) => left.CompareTo(right) > 0;

    public static bool operator <=(MemberName left, MemberName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(MemberName left, MemberName right) => left.CompareTo(right) >= 0;
}

/// <summary>What names of groups and members may hold: all of it fits table keys, blob names and paths as it is.</summary>
internal static class PlainName
{
    public const string Expected = "1 to 128 characters of A-Z, a-z, 0-9, '.', '_' and '-', and starts with a letter or digit";

    private const int MaxLength = 128;

    public static bool IsWellFormed(string text) =>
        text.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
