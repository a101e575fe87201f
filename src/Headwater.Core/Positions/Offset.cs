using System.Globalization;

namespace Headwater.Core.Positions;

/// <summary>The place of an event in its partition, from 0, one per event. Gaps appear only through compaction.</summary>
/// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
public readonly record struct Offset(long Value) : IComparable<Offset>
{
    public long Value { get; } = Value >= 0 ? Value : throw new ArgumentOutOfRangeException(nameof(Value), Value, "An offset is never negative.");

    /// <summary>The first offset of every partition.</summary>
    public static Offset Zero => default;

    /// <summary>Past every offset there will ever be: the open end of a range.</summary>
    public static Offset Max => new(long.MaxValue);

    public Offset Next => this + 1;

    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public static Offset operator +(Offset offset, long count) => new(checked(offset.Value + count));

    /// <summary>How many offsets lie between the two; negative when <paramref name="left"/> comes first.</summary>
    public static long operator -(Offset left, Offset right) => left.Value - right.Value;

    public static Offset Add(Offset offset, long count) => offset + count;

    public static long Subtract(Offset left, Offset right) => left - right;

    public int CompareTo(Offset other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(Offset left, Offset right) => left.Value < right.Value;

    public static bool operator >(Offset left, Offset right) => left.Value > right.Value;

    public static bool operator <=(Offset left, Offset right) => left.Value <= right.Value;

    public static bool operator >=(Offset left, Offset right) => left.Value >= right.Value;
}
