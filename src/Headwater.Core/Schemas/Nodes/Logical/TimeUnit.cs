using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes.Logical;

/// <summary>What a time or timestamp counts.</summary>
/// <param name="Name">In messages.</param>
/// <param name="FractionDigits">How many digits of a second it tells.</param>
/// <param name="Nanos">How many nanoseconds it is.</param>
internal sealed record TimeUnit(string Name, int FractionDigits, long Nanos)
{
    public static TimeUnit Millis { get; } = new("milliseconds", 3, 1_000_000);

    public static TimeUnit Micros { get; } = new("microseconds", 6, 1_000);

    public static TimeUnit NanosUnit { get; } = new("nanoseconds", 9, 1);

    /// <summary>As the names of logical types end: <c>millis</c>, <c>micros</c>, <c>nanos</c>.</summary>
    public string LogicalSuffix => Name[..Name.IndexOf("seconds", StringComparison.Ordinal)] + "s";

    public long PerDay => IsoTime.NanosPerDay / Nanos;

    /// <returns>False when the time is finer than the unit: rounding it would change what was posted.</returns>
    public bool TryFromNanos(long nanos, out long count)
    {
        count = nanos / Nanos;
        return nanos % Nanos == 0;
    }
}
