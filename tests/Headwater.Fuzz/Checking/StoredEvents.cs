using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Headwater.Fuzz.Cases;
using Headwater.Fuzz.Hosting;

namespace Headwater.Fuzz.Checking;

/// <summary>Reads the events of a partition in one form.</summary>
internal static class StoredEvents
{
    public const string Json = "application/json";
    public const string NdJson = "application/x-ndjson";
    public const string CloudEvents = "application/cloudevents-batch+json";
    public const string Avro = "application/avro";

    public static async Task<FuzzAnswer> AnswerAsync(FuzzHost host, string stream, int partition, long offset, string form)
    {
        FuzzAnswer answer = await host.SendAsync(
            "GET",
            string.Create(CultureInfo.InvariantCulture, $"/streams/{stream}/partitions/{partition}/events?offset={offset}&limit=10000&maxBytes=33554432"),
            null,
            new FuzzHeader("Accept", form));
        AnswerCheck.Check(answer);
        ViolationException.ThrowUnless(answer.Status == 200, $"acknowledged events are not readable as {form}\n{answer}");
        return answer;
    }

    public static async Task<IReadOnlyList<JsonElement>> ReadAsync(FuzzHost host, string stream, int partition, long offset, string form) =>
        Of(await AnswerAsync(host, stream, partition, offset, form));

    public static IReadOnlyList<JsonElement> Of(FuzzAnswer answer) => answer.MediaType switch
    {
        NdJson => [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)],
        CloudEvents => [.. answer.Json().EnumerateArray()],
        _ => [.. answer.Json().GetProperty("events").EnumerateArray()],
    };

    /// <summary>What a producer gave of an event, as it is posted again.</summary>
    public static string Posted(JsonElement stored) =>
        "{" + string.Join(',', stored.EnumerateObject().Where(m => m.Name is not ("offset" or "appended")).Select(m => $"\"{m.Name}\":{m.Value.GetRawText()}")) + "}";

    /// <summary>The same tokens, with every string written in one way.</summary>
    public static string WithoutEscapes(string json)
    {
        var written = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(written);
        Parse(json).WriteTo(writer);
        writer.Flush();
        return Encoding.UTF8.GetString(written.WrittenSpan);
    }

    private static JsonElement Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 1_000 });
        return document.RootElement.Clone();
    }
}
