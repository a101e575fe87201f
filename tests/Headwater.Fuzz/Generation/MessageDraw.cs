using System.Text.Json;
using Headwater.Fuzz.Cases;

namespace Headwater.Fuzz.Generation;

/// <summary>Draws messages of queue <c>inbox</c>: envelopes and CloudEvents of other services, as text or base64.</summary>
internal sealed class MessageDraw(Draw draw, EventDraw events, CloudEventDraw cloudEvents)
{
    private const int MaxBytes = 47 * 1024;

    public FuzzStep Next(DrawnStream stream)
    {
        string text = draw.Below(8) switch
        {
            0 => draw.Text(),
            1 or 2 => $"[{string.Join(',', Enumerable.Range(0, draw.Below(4)).Select(_ => cloudEvents.One(stream, isAddressed: true)))}]",
            3 or 4 => cloudEvents.One(stream, isAddressed: true),
            _ => Envelope(stream),
        };
        byte[] body = draw.OneIn(2) ? draw.Utf8(text) : Mutation.Json(draw, text);
        if (draw.OneIn(5))
        {
            body = draw.Utf8(Convert.ToBase64String(body));
        }

        return FuzzCase.WithBody(new FuzzStep { Target = "inbox" }, body.Length > MaxBytes ? body[..MaxBytes] : body);
    }

    private string Envelope(DrawnStream stream)
    {
        List<string> members =
        [
            "\"version\":1", $"\"id\":{Quote(draw.OneIn(6) ? draw.Text() : $"i{draw.Below(50)}")}", $"\"stream\":{Quote(draw.OneIn(12) ? draw.Text() : stream.Name)}",
            $"\"events\":[{string.Join(',', Enumerable.Range(0, draw.Below(4)).Select(_ => $"{{\"key\":\"k\",\"value\":{events.Value(stream).Json}}}"))}]",
        ];
        foreach (string name in (string[])["traceparent", "tracestate", "streamId", "producer", "enqueued", "token", "claim", "key", "wait"])
        {
            if (draw.OneIn(10))
            {
                members.Add($"\"{name}\":{Quote(draw.Text())}");
            }
        }

        if (draw.OneIn(8))
        {
            members.Add($"\"partition\":{draw.Pick("0", "1", "-1", "2147483648", "null")}");
        }

        if (draw.OneIn(8))
        {
            members.Add($"\"producer\":\"p\",\"epoch\":{draw.Below(3)},\"sequence\":{draw.Below(3)}");
        }

        return $"{{{string.Join(',', members)}}}";
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
