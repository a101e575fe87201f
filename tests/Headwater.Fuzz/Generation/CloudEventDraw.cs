using System.Text.Json;
using Headwater.Fuzz.Cases;

namespace Headwater.Fuzz.Generation;

/// <summary>Draws CloudEvents: structured, in batches, and in headers.</summary>
internal sealed class CloudEventDraw(Draw draw, EventDraw events)
{
    private static readonly string[] Names =
    [
        "subject", "partitionkey", "time", "dataschema", "datacontenttype", "traceparent", "tracestate", "stream", "discount", "sequence", "Odd-Name", "data_base64",
    ];

    public FuzzStep Next(DrawnStream stream)
    {
        if (draw.OneIn(3))
        {
            return Binary(stream);
        }

        bool isBatch = draw.OneIn(2);
        string body = isBatch ? $"[{string.Join(',', Enumerable.Range(0, draw.Below(4)).Select(_ => One(stream)))}]" : One(stream);
        return events.Append(
            stream,
            isBatch ? "application/cloudevents-batch+json" : "application/cloudevents+json",
            draw.OneIn(3) ? Mutation.Json(draw, body) : draw.Utf8(body));
    }

    /// <summary>A CloudEvent as JSON.</summary>
    public string One(DrawnStream stream, bool isAddressed = false)
    {
        List<string> members = [.. Required().Select(a => $"\"{a.Name}\":{Quote(a.Value)}")];
        members.AddRange(Optional().Where(a => !isAddressed || a.Name != "stream").Select(a => $"\"{a.Name}\":{Attribute(a.Value)}"));
        if (isAddressed)
        {
            members.Add($"\"stream\":{Quote(draw.OneIn(10) ? draw.Text() : stream.Name)}");
        }

        if (!draw.OneIn(8))
        {
            members.Add($"\"data\":{events.Value(stream).Json}");
        }

        return $"{{{string.Join(',', members)}}}";
    }

    private FuzzStep Binary(DrawnStream stream)
    {
        string value = events.Value(stream).Json;
        FuzzStep step = events.Append(stream, draw.Pick("application/json", "application/json", "text/plain", "application/octet-stream"), draw.Utf8(value));
        IEnumerable<FuzzHeader> attributes = Required().Concat(Optional()).Select(
            a => new FuzzHeader($"ce-{a.Name}", draw.OneIn(2) ? Uri.EscapeDataString(a.Value) : new string([.. a.Value.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))])));
        return step with { Headers = [.. step.Headers, .. attributes] };
    }

    private IEnumerable<(string Name, string Value)> Required() => new[]
    {
        ("specversion", draw.OneIn(30) ? draw.Text() : "1.0"),
        ("id", draw.OneIn(8) ? draw.Text() : $"{draw.Below(1_000)}"),
        ("source", draw.OneIn(8) ? draw.Text() : "/s"),
        ("type", draw.OneIn(8) ? draw.Text() : "t"),
    }.Where(_ => !draw.OneIn(40));

    private IEnumerable<(string Name, string Value)> Optional() =>
        Enumerable.Range(0, draw.Below(3)).Select(_ => draw.Pick<string>(Names)).Distinct().Select(name => (name, Known(name)));

    private string Known(string name) => draw.OneIn(2) ? draw.Text() : name switch
    {
        "time" => "2024-05-01T12:00:00.123Z",
        "dataschema" => "https://example.org/s",
        "datacontenttype" => "application/json",
        "data_base64" => "AAEC",
        _ => "a",
    };

    private string Attribute(string value) => draw.OneIn(6) ? draw.Pick("null", "1", "true", "{}", "2147483648", "1.5") : Quote(value);

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
