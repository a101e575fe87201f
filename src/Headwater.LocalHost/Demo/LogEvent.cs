using System.Globalization;

namespace Headwater.LocalHost.Demo;

/// <summary>An event as the demo compares it, wherever it came from: the data, the API or a segment file.</summary>
/// <param name="Key">Null: unkeyed.</param>
/// <param name="Time">When it happened, microseconds since 1970; null: not said.</param>
/// <param name="Values">In the order of the stream's fields: string, long or double. Null: a tombstone.</param>
internal sealed record LogEvent(string? Key, long? Time, IReadOnlyList<object>? Values)
{
    /// <summary>The same text for the same event; doubles in their shortest exact form.</summary>
    public string Line() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Key ?? "-"}|{Time?.ToString(CultureInfo.InvariantCulture) ?? "-"}|{(Values is null ? "deleted" : string.Join('|', Values.Select(Text)))}");

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
