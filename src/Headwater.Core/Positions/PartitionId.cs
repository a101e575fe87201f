using System.Globalization;

namespace Headwater.Core.Positions;

/// <summary>The number of a partition within its stream, from 0.</summary>
/// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
public readonly record struct PartitionId(int Value) : IComparable<PartitionId>
{
    public int Value { get; } = Value >= 0 ? Value : throw new ArgumentOutOfRangeException(nameof(Value), Value, "A partition is never negative.");

    public int CompareTo(PartitionId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(PartitionId left, PartitionId right) => left.Value < right.Value;

    public static bool operator >(PartitionId left, PartitionId right) => left.Value > right.Value;

    public static bool operator <=(PartitionId left, PartitionId right) => left.Value <= right.Value;

    public static bool operator >=(PartitionId left, PartitionId right) => left.Value >= right.Value;
}
