using System.Text.Json;
using Headwater.Core.Positions;
using Headwater.Log.Append;

namespace Headwater.Log.Tests;

/// <summary>An event as a producer posts it.</summary>
/// <param name="Value">A text, posted as a JSON string; null is a tombstone.</param>
/// <param name="Key">The key; null: the event has none.</param>
internal sealed record Posted(string? Value, string? Key = null)
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public DateTimeOffset? Time { get; init; }

    /// <summary>JSON that is posted unchanged instead of <see cref="Value"/>.</summary>
    public string? Json { get; init; }

    public static IEnumerable<Posted> Numbers(int count, int from = 0) =>
        Enumerable.Range(from, count).Select(i => new Posted(i.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    public void AddTo(RequestEvents request)
    {
        using JsonDocument json = JsonDocument.Parse(Json ?? JsonSerializer.Serialize(Value));
        request.AddJson(new EventAttributes(Key, Headers, Time is { } time ? UnixMicros.From(time) : null), json.RootElement);
    }
}
