using System.Globalization;

namespace Headwater.Core.Positions;

/// <summary>Counts the starts of a sequenced producer. A higher epoch fences the lower ones.</summary>
/// <param name="Value">1 or more; 0 is <see cref="None"/>.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="Value"/> is negative.</exception>
public readonly record struct ProducerEpoch(int Value) : IComparable<ProducerEpoch>
{
    /// <summary>The epoch as a number, never negative.</summary>
    public int Value { get; } = Value >= 0 ? Value : throw new ArgumentOutOfRangeException(nameof(Value), Value, "An epoch must be 0 or more.");

    /// <summary>Epoch 0: the batch has no sequenced producer. The epochs of a producer start at 1.</summary>
    public static ProducerEpoch None => default;

    /// <summary>This epoch plus 1.</summary>
    /// <exception cref="OverflowException">The epoch is <see cref="int.MaxValue"/>.</exception>
    public ProducerEpoch Next => new(checked(Value + 1));

    /// <inheritdoc/>
    public int CompareTo(ProducerEpoch other) => Value.CompareTo(other.Value);

    /// <summary>The value in decimal digits, independent of culture.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="left"/> is less than <paramref name="right"/>.</summary>
    public static bool operator <(ProducerEpoch left, ProducerEpoch right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is greater than <paramref name="right"/>.</summary>
    public static bool operator >(ProducerEpoch left, ProducerEpoch right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is less than or equal to <paramref name="right"/>.</summary>
    public static bool operator <=(ProducerEpoch left, ProducerEpoch right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is greater than or equal to <paramref name="right"/>.</summary>
    public static bool operator >=(ProducerEpoch left, ProducerEpoch right) => left.Value >= right.Value;
}
