using System.Globalization;

namespace Headwater.Core.Positions;

/// <summary>The position of an event in its partition: 0-based and dense. Only compaction leaves gaps.</summary>
/// <param name="Value">0 or more.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="Value"/> is negative.</exception>
public readonly record struct Offset(long Value) : IComparable<Offset>
{
    /// <summary>The offset as a number, never negative.</summary>
    public long Value { get; } = Value >= 0 ? Value : throw new ArgumentOutOfRangeException(nameof(Value), Value, "An offset must be 0 or more.");

    /// <summary>The first offset of every partition.</summary>
    public static Offset Zero => default;

    /// <summary>The largest offset, <see cref="long.MaxValue"/>. No event has it; it is the end of an unbounded range.</summary>
    public static Offset Max => new(long.MaxValue);

    /// <summary>This offset plus 1.</summary>
    /// <exception cref="OverflowException">This is <see cref="Max"/>.</exception>
    public Offset Next => this + 1;

    /// <summary>The offset <paramref name="count"/> events later.</summary>
    /// <exception cref="OverflowException">The sum exceeds <see cref="long.MaxValue"/>.</exception>
    public static Offset operator +(Offset offset, long count) => new(checked(offset.Value + count));

    /// <summary>The distance from <paramref name="right"/> to <paramref name="left"/>; negative if <paramref name="left"/> is lower.</summary>
    public static long operator -(Offset left, Offset right) => left.Value - right.Value;

    /// <inheritdoc cref="operator +(Offset, long)"/>
    public static Offset Add(Offset offset, long count) => offset + count;

    /// <inheritdoc cref="operator -(Offset, Offset)"/>
    public static long Subtract(Offset left, Offset right) => left - right;

    /// <inheritdoc/>
    public int CompareTo(Offset other) => Value.CompareTo(other.Value);

    /// <summary>The value in decimal digits, independent of culture.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="left"/> is less than <paramref name="right"/>.</summary>
    public static bool operator <(Offset left, Offset right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is greater than <paramref name="right"/>.</summary>
    public static bool operator >(Offset left, Offset right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is less than or equal to <paramref name="right"/>.</summary>
    public static bool operator <=(Offset left, Offset right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is greater than or equal to <paramref name="right"/>.</summary>
    public static bool operator >=(Offset left, Offset right) => left.Value >= right.Value;
}
