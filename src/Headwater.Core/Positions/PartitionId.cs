using System.Globalization;

namespace Headwater.Core.Positions;

/// <summary>The 0-based number of a partition within its stream.</summary>
/// <param name="Value">0 or more.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="Value"/> is negative.</exception>
public readonly record struct PartitionId(int Value) : IComparable<PartitionId>
{
    /// <summary>The partition as a number, never negative.</summary>
    public int Value { get; } = Value >= 0 ? Value : throw new ArgumentOutOfRangeException(nameof(Value), Value, "A partition must be 0 or more.");

    /// <inheritdoc/>
    public int CompareTo(PartitionId other) => Value.CompareTo(other.Value);

    /// <summary>The value in decimal digits, independent of culture.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="left"/> is less than <paramref name="right"/>.</summary>
    public static bool operator <(PartitionId left, PartitionId right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is greater than <paramref name="right"/>.</summary>
    public static bool operator >(PartitionId left, PartitionId right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is less than or equal to <paramref name="right"/>.</summary>
    public static bool operator <=(PartitionId left, PartitionId right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is greater than or equal to <paramref name="right"/>.</summary>
    public static bool operator >=(PartitionId left, PartitionId right) => left.Value >= right.Value;
}
