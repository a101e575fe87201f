using System.Globalization;

namespace Headwater.Core.Positions;

/// <summary>An instant in microseconds since 1970-01-01T00:00:00Z, negative before it; within the years 1 to 9999.</summary>
/// <param name="Value">From <see cref="MinValue"/> to <see cref="MaxValue"/>.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="Value"/> is outside those years.</exception>
public readonly record struct UnixMicros(long Value) : IComparable<UnixMicros>
{
    private const long MinMicros = -62_135_596_800_000_000;
    private const long MaxMicros = 253_402_300_799_999_999;

    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    public long Value { get; } = IsRepresentable(Value)
        ? Value
        : throw new ArgumentOutOfRangeException(nameof(Value), Value, "An instant must be within the years 1 to 9999.");

    /// <summary>0001-01-01T00:00:00Z.</summary>
    public static UnixMicros MinValue => new(MinMicros);

    /// <summary>9999-12-31T23:59:59.999999Z.</summary>
    public static UnixMicros MaxValue => new(MaxMicros);

    /// <summary>Whether the constructor accepts this value. A decoder checks this before it constructs an instant from untrusted bytes.</summary>
    public static bool IsRepresentable(long micros) => micros is >= MinMicros and <= MaxMicros;

    /// <summary>Converts an instant and rounds it down to a whole microsecond, also before 1970.</summary>
    public static UnixMicros From(DateTimeOffset instant)
    {
        long ticks = instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        long micros = Math.DivRem(ticks, TimeSpan.TicksPerMicrosecond, out long rest);
        return new UnixMicros(rest < 0 ? micros - 1 : micros);
    }

    /// <summary>The nearest instant within the years 1 to 9999. For stored numbers, which may have any value.</summary>
    public static UnixMicros Clamp(long micros) => new(Math.Clamp(micros, MinMicros, MaxMicros));

    /// <summary>
    /// The instant after the duration, or before it if the duration is negative; <see cref="MinValue"/> or <see cref="MaxValue"/> instead of a time outside
    /// the years 1 to 9999. Parts of a microsecond are ignored.
    /// </summary>
    public UnixMicros Plus(TimeSpan duration) => Clamp(Value + (duration.Ticks / TimeSpan.TicksPerMicrosecond)); // No sum of the two overflows 64 bits.

    /// <summary>The same instant with UTC offset zero.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.UnixEpoch.AddTicks(Value * TimeSpan.TicksPerMicrosecond);

    /// <inheritdoc/>
    public int CompareTo(UnixMicros other) => Value.CompareTo(other.Value);

    /// <summary>The value in decimal digits, independent of culture.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="left"/> is before <paramref name="right"/>.</summary>
    public static bool operator <(UnixMicros left, UnixMicros right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is after <paramref name="right"/>.</summary>
    public static bool operator >(UnixMicros left, UnixMicros right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is before or equal to <paramref name="right"/>.</summary>
    public static bool operator <=(UnixMicros left, UnixMicros right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is after or equal to <paramref name="right"/>.</summary>
    public static bool operator >=(UnixMicros left, UnixMicros right) => left.Value >= right.Value;
}
