using System.Globalization;
using System.Text;
using System.Text.Json;
using Headwater.Fuzz.Cases;
using Headwater.Fuzz.Hosting;
using Headwater.Testing;

namespace Headwater.Fuzz.Checking;

/// <summary>
/// What was acknowledged is read equal in every form, and what was read in any form is accepted by a second stream of the same schema and read equal there.
/// </summary>
internal sealed class ReadBackCheck(VirtualTime time, ulong seed)
{
    private readonly FuzzHost _second = new(new FuzzStorage(time), seed);
    private int _streams;

    /// <param name="fresh">An instance that knows only what is stored.</param>
    /// <param name="growth">The events.</param>
    /// <param name="values">The values as they must be read; null if unknown.</param>
    public async Task CheckAsync(FuzzHost fresh, Growth growth, IReadOnlyList<string>? values)
    {
        (string stream, int partition, long from, long to) = growth;
        IReadOnlyList<JsonElement> events = await StoredEvents.ReadAsync(fresh, stream, partition, from, StoredEvents.Json);
        ViolationException.ThrowUnless(
            events.Count > 0 && events[0].GetProperty("offset").GetInt64() == from && events.Count <= to - from,
            $"{growth}: the page has {events.Count} events");
        if (values is not null && values.Count == events.Count)
        {
            AssertEqual(
                values.Select(StoredEvents.WithoutEscapes),
                events.Select(e => StoredEvents.WithoutEscapes(e.GetProperty("value").GetRawText())),
                $"{growth}: posted and read as JSON");
        }

        IReadOnlyList<JsonElement> lines = await StoredEvents.ReadAsync(fresh, stream, partition, from, StoredEvents.NdJson);
        AssertEqual(events.Select(e => e.GetRawText()), lines.Select(e => e.GetRawText()), $"{growth}: JSON and NDJSON");
        await CheckCloudEventsAsync(fresh, growth, events);
        await CheckAgainAsync(fresh, growth, events);
    }

    private static void AssertEqual(IEnumerable<string> expected, IEnumerable<string> actual, string what)
    {
        string left = string.Join('\n', expected);
        string right = string.Join('\n', actual);
        ViolationException.ThrowUnless(left == right, $"{what} differ:\n{Cut(left)}\n---\n{Cut(right)}");
    }

    private static string Cut(string text) => text.Length > 2_000 ? text[..2_000] + "…" : text;

    private static async Task CheckCloudEventsAsync(FuzzHost fresh, Growth growth, IReadOnlyList<JsonElement> events)
    {
        IReadOnlyList<JsonElement> batch = await StoredEvents.ReadAsync(fresh, growth.Stream, growth.Partition, growth.From, StoredEvents.CloudEvents);
        AssertEqual(events.Select(e => e.GetProperty("value").GetRawText()), batch.Select(Data), $"{growth}: JSON and CloudEvents");
        foreach (JsonElement cloudEvent in batch)
        {
            foreach (string required in (string[])["id", "source", "type", "specversion"])
            {
                ViolationException.ThrowUnless(
                    cloudEvent.TryGetProperty(required, out JsonElement value) && value.GetString()!.Length > 0, $"{growth}: a CloudEvent without {required}");
            }
        }
    }

    private static string Data(JsonElement cloudEvent) =>
        cloudEvent.TryGetProperty("data", out JsonElement data) || cloudEvent.TryGetProperty("data_base64", out data) ? data.GetRawText() : "null";

    private async Task CheckAgainAsync(FuzzHost fresh, Growth growth, IReadOnlyList<JsonElement> events)
    {
        (string stream, int partition, long from, _) = growth;
        string settings = await SettingsAsync(fresh, stream);
        string[] posted = [.. events.Select(StoredEvents.Posted)];
        await CheckAgainAsync(growth, settings, StoredEvents.Json, Encoding.UTF8.GetBytes($"[{string.Join(',', posted)}]"), posted);
        await CheckAgainAsync(growth, settings, StoredEvents.NdJson, Encoding.UTF8.GetBytes(string.Join('\n', posted)), posted);

        FuzzAnswer container = await StoredEvents.AnswerAsync(fresh, stream, partition, from, StoredEvents.Avro);
        long first = long.Parse(container.Header("First-Offset"), CultureInfo.InvariantCulture);
        IReadOnlyList<JsonElement> whole = first == from ? events : await StoredEvents.ReadAsync(fresh, stream, partition, first, StoredEvents.Json);
        await CheckAgainAsync(growth, settings, StoredEvents.Avro, container.Body, [.. whole.Select(StoredEvents.Posted)]);

        if (!settings.Contains("\"entity\"", StringComparison.Ordinal))
        {
            FuzzAnswer batch = await StoredEvents.AnswerAsync(fresh, stream, partition, from, StoredEvents.CloudEvents);
            await CheckAgainAsync(growth, settings, StoredEvents.CloudEvents, batch.Body, [.. events.Select(e => e.GetProperty("value").GetRawText())]);
        }
    }

    private async Task CheckAgainAsync(Growth growth, string settings, string form, byte[] body, string[] expected)
    {
        string name = $"m{_streams++}";
        FuzzAnswer created = await _second.SendAsync("PUT", $"/streams/{name}", Encoding.UTF8.GetBytes(settings), new FuzzHeader("Content-Type", "application/json"));
        ViolationException.ThrowUnless(created.Status == 201, $"{growth}: a stream with the same settings is refused\n{created}");
        FuzzAnswer appended = await _second.SendAsync("POST", $"/streams/{name}/events", body, new FuzzHeader("Content-Type", form));
        AnswerCheck.Check(appended);
        ViolationException.ThrowUnless(appended.Status == 200, $"{growth}: what was read as {form} is refused when it is posted\n{appended}");
        IReadOnlyList<JsonElement> events = await StoredEvents.ReadAsync(_second, name, 0, 0, StoredEvents.Json);
        AssertEqual(
            expected.Take(events.Count),
            events.Select(e => form == StoredEvents.CloudEvents ? e.GetProperty("value").GetRawText() : StoredEvents.Posted(e)),
            $"{growth}: read as {form}, posted and read again");
    }

    /// <summary>The settings of a stream with one partition and the same schema.</summary>
    private static async Task<string> SettingsAsync(FuzzHost fresh, string stream)
    {
        FuzzAnswer described = await fresh.SendAsync("GET", $"/streams/{stream}");
        AnswerCheck.Check(described);
        JsonElement settings = described.Json();
        string schema = settings.TryGetProperty("schema", out JsonElement given) && given.ValueKind != JsonValueKind.Null
            ? $"\"schema\":{given.GetRawText()},"
            : "";
        return $$"""{{{schema}}"kind":{{settings.GetProperty("kind").GetRawText()}},"codec":{{settings.GetProperty("codec").GetRawText()}}}""";
    }
}
