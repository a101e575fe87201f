using System.Globalization;

namespace Headwater.Log.Groups.Model;

/// <summary>
/// Counts changes of partition ownership in a group. The first generation is the Unix time in milliseconds, so a group that is recreated after a loss or a
/// deletion starts above all its earlier generations.
/// </summary>
/// <param name="Value">The generation's number; higher is later.</param>
public readonly record struct Generation(long Value) : IComparable<Generation>
{
    /// <summary>0, lower than every group's first generation.</summary>
    public static Generation None => default;

    /// <summary>The following generation.</summary>
    public Generation Next => new(checked(Value + 1));

    internal static Generation FirstAt(DateTimeOffset now) => new(now.ToUnixTimeMilliseconds());

    /// <summary>Compares by number.</summary>
    public int CompareTo(Generation other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal digits, independent of culture.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="left"/> is before <paramref name="right"/>.</summary>
    public static bool operator <(Generation left, Generation right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is after <paramref name="right"/>.</summary>
    public static bool operator >(Generation left, Generation right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is before or equal to <paramref name="right"/>.</summary>
    public static bool operator <=(Generation left, Generation right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is after or equal to <paramref name="right"/>.</summary>
    public static bool operator >=(Generation left, Generation right) => left.Value >= right.Value;
}
