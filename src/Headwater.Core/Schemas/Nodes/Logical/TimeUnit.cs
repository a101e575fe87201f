using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes.Logical;

/// <summary>The unit of a time or timestamp.</summary>
/// <param name="Name">The name in messages.</param>
/// <param name="FractionDigits">The number of digits of a second's fraction.</param>
/// <param name="Nanos">The length in nanoseconds.</param>
internal sealed record TimeUnit(string Name, int FractionDigits, long Nanos)
{
    public static TimeUnit Millis { get; } = new("milliseconds", 3, 1_000_000);

    public static TimeUnit Micros { get; } = new("microseconds", 6, 1_000);

    public static TimeUnit NanosUnit { get; } = new("nanoseconds", 9, 1);

    /// <summary>As the names of logical types end: <c>millis</c>, <c>micros</c>, <c>nanos</c>.</summary>
    public string LogicalSuffix => Name[..Name.IndexOf("seconds", StringComparison.Ordinal)] + "s";

    public long PerDay => IsoTime.NanosPerDay / Nanos;

    /// <returns>False if the time is finer than the unit, because rounding would change the value.</returns>
    public bool TryFromNanos(long nanos, out long count)
    {
        count = nanos / Nanos;
        return nanos % Nanos == 0;
    }
}
