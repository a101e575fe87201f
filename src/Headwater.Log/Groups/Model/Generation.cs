using System.Globalization;

namespace Headwater.Log.Groups.Model;

/// <summary>
/// Counts changes of partition ownership in a group. The first generation is the Unix time in milliseconds, so a group that is recreated after a loss or a
/// deletion starts above all its earlier generations.
/// </summary>
public readonly record struct Generation(long Value) : IComparable<Generation>
{
    /// <summary>Before any.</summary>
    public static Generation None => default;

    public Generation Next => new(checked(Value + 1));

    internal static Generation FirstAt(DateTimeOffset now) => new(now.ToUnixTimeMilliseconds());

    public int CompareTo(Generation other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(Generation left, Generation right) => left.Value < right.Value;

    public static bool operator >(Generation left, Generation right) => left.Value > right.Value;

    public static bool operator <=(Generation left, Generation right) => left.Value <= right.Value;

    public static bool operator >=(Generation left, Generation right) => left.Value >= right.Value;
}
