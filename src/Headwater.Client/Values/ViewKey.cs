using System.Globalization;

namespace Headwater.Client;

/// <summary>Writes the keys of a view as text and reads them back. The order of a view's rows is the order of the texts' UTF-8 bytes.</summary>
/// <typeparam name="TKey">The type of keys.</typeparam>
public abstract class ViewKey<TKey>
{
    /// <summary>The key as valid Unicode text. Different keys have different texts.</summary>
    public abstract string Write(TKey key);

    /// <summary>The key that <see cref="Write"/> wrote.</summary>
    public abstract TKey Read(string text);
}

/// <summary>The kinds of <see cref="ViewKey{TKey}"/>.</summary>
public static class ViewKeys
{
    /// <summary>Keys that are texts.</summary>
    public static ViewKey<string> Text { get; } = Of<string>(k => k, t => t);

    /// <summary>Whole numbers in numeric order: 19 digits, for example <c>0000000000000000012</c>. Negative ones begin with <c>-</c>.</summary>
    public static ViewKey<long> Number { get; } = Of(WriteNumber, ReadNumber);

    /// <summary>Keys that two functions write and read. A range follows the order of the texts.</summary>
    public static ViewKey<TKey> Of<TKey>(Func<TKey, string> write, Func<string, TKey> read) => new FunctionKey<TKey>(write, read);

    private static string WriteNumber(long number) => number >= 0
        ? number.ToString("D19", CultureInfo.InvariantCulture)
        : "-" + (number - long.MinValue).ToString("D19", CultureInfo.InvariantCulture);

    private static long ReadNumber(string text) => text.StartsWith('-')
        ? long.Parse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture) + long.MinValue
        : long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private sealed class FunctionKey<TKey>(Func<TKey, string> write, Func<string, TKey> read) : ViewKey<TKey>
    {
        public override string Write(TKey key) => write(key);

        public override TKey Read(string text) => read(text);
    }
}

/// <summary>The order of texts by their UTF-8 bytes, in which SQLite too compares texts.</summary>
internal sealed class KeyOrder : IComparer<string>
{
    public static KeyOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> left = x;
        ReadOnlySpan<char> right = y;
        int same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length - right.Length;
        }

        // A surrogate is a part of a character above every character that is one unit.
        bool isLeftAbove = char.IsSurrogate(left[same]);
        bool isRightAbove = char.IsSurrogate(right[same]);
        return isLeftAbove == isRightAbove ? left[same] - right[same] : isLeftAbove ? 1 : -1;
    }
}
