using System.Globalization;

namespace Headwater.Core.Positions;

/// <summary>Counts the requests of one producer epoch in one partition, from 0 and without gaps.</summary>
/// <param name="Value">0 or more.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="Value"/> is negative.</exception>
public readonly record struct SequenceNumber(long Value) : IComparable<SequenceNumber>
{
    /// <summary>The sequence number as a number, never negative.</summary>
    public long Value { get; } = Value >= 0 ? Value : throw new ArgumentOutOfRangeException(nameof(Value), Value, "A sequence number must be 0 or more.");

    /// <summary>The first sequence number of every epoch.</summary>
    public static SequenceNumber Zero => default;

    /// <summary>This sequence number plus 1.</summary>
    /// <exception cref="OverflowException">The sequence number is <see cref="long.MaxValue"/>.</exception>
    public SequenceNumber Next => new(checked(Value + 1));

    /// <inheritdoc/>
    public int CompareTo(SequenceNumber other) => Value.CompareTo(other.Value);

    /// <summary>The value in decimal digits, independent of culture.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="left"/> is less than <paramref name="right"/>.</summary>
    public static bool operator <(SequenceNumber left, SequenceNumber right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is greater than <paramref name="right"/>.</summary>
    public static bool operator >(SequenceNumber left, SequenceNumber right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is less than or equal to <paramref name="right"/>.</summary>
    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is greater than or equal to <paramref name="right"/>.</summary>
    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left.Value >= right.Value;
}
