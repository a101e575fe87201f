using System.Globalization;

namespace Headwater.Core.Positions;

/// <summary>Counts the starts of a sequenced producer. A higher epoch fences the lower ones.</summary>
/// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
public readonly record struct ProducerEpoch(int Value) : IComparable<ProducerEpoch>
{
    public int Value { get; } = Value >= 0 ? Value : throw new ArgumentOutOfRangeException(nameof(Value), Value, "An epoch is never negative.");

    /// <summary>No epoch: the batch does not come from a sequenced producer. Real epochs begin at 1.</summary>
    public static ProducerEpoch None => default;

    /// <exception cref="OverflowException">There is no higher epoch.</exception>
    public ProducerEpoch Next => new(checked(Value + 1));

    public int CompareTo(ProducerEpoch other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(ProducerEpoch left, ProducerEpoch right) => left.Value < right.Value;

    public static bool operator >(ProducerEpoch left, ProducerEpoch right) => left.Value > right.Value;

    public static bool operator <=(ProducerEpoch left, ProducerEpoch right) => left.Value <= right.Value;

    public static bool operator >=(ProducerEpoch left, ProducerEpoch right) => left.Value >= right.Value;
}
