using System.Globalization;

namespace Headwater.Core.Positions;

/// <summary>Counts the requests of one producer epoch in one partition, from 0, without gaps.</summary>
/// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
public readonly record struct SequenceNumber(long Value) : IComparable<SequenceNumber>
{
    public long Value { get; } = Value >= 0 ? Value : throw new ArgumentOutOfRangeException(nameof(Value), Value, "A sequence is never negative.");

    /// <summary>What every epoch begins with.</summary>
    public static SequenceNumber Zero => default;

    /// <exception cref="OverflowException">There is no higher sequence.</exception>
    public SequenceNumber Next => new(checked(Value + 1));

    public int CompareTo(SequenceNumber other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(SequenceNumber left, SequenceNumber right) => left.Value < right.Value;

    public static bool operator >(SequenceNumber left, SequenceNumber right) => left.Value > right.Value;

    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left.Value <= right.Value;

    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left.Value >= right.Value;
}
