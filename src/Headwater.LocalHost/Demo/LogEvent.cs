using System.Globalization;

namespace Headwater.LocalHost.Demo;

/// <summary>An event in a form that the demo can compare, whether it is from the data, the API or a segment file.</summary>
/// <param name="Key">The key; null without one.</param>
/// <param name="Time">When it happened, in microseconds since 1970; null if not stated.</param>
/// <param name="Values">The values in the order of the stream's fields: string, long or double. Null for a tombstone.</param>
internal sealed record LogEvent(string? Key, long? Time, IReadOnlyList<object>? Values)
{
    /// <summary>The event as text, equal for equal events. Doubles are in their shortest exact form.</summary>
    public string Line() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Key ?? "-"}|{Time?.ToString(CultureInfo.InvariantCulture) ?? "-"}|{(Values is null ? "deleted" : string.Join('|', Values.Select(Text)))}");

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
