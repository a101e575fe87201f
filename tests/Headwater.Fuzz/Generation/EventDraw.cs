using System.IO.Compression;
using System.Text.Json;
using Headwater.Fuzz.Cases;

namespace Headwater.Fuzz.Generation;

/// <summary>Draws appends of JSON and NDJSON, and what every append has: headers, gzip, a faulty storage.</summary>
internal sealed class EventDraw(Draw draw)
{
    private int _keys;

    public FuzzStep Next(DrawnStream stream)
    {
        int count = draw.OneIn(20) ? 200 : draw.Below(6);
        var values = Enumerable.Range(0, count).Select(_ => Value(stream)).ToArray();
        string[] events = [.. values.Select(v => Event(stream, v.Json))];
        bool isLines = draw.OneIn(3);
        string body = isLines ? string.Join('\n', events) : draw.Below(3) switch
        {
            0 => $"{{\"events\":[{string.Join(',', events)}]}}",
            1 when count == 1 => events[0],
            _ => $"[{string.Join(',', events)}]",
        };
        bool isChanged = draw.OneIn(3);
        FuzzStep step = Append(stream, isLines ? "application/x-ndjson" : "application/json", isChanged ? Mutation.Json(draw, body) : draw.Utf8(body));
        bool isKnown = !isChanged && stream.Partitions == 1 && values.All(v => v.IsAsRead);
        return isKnown ? step with { Values = [.. values.Select(v => v.Json)] } : step;
    }

    /// <summary>An append with this body: to the stream or to a partition, plain or compressed.</summary>
    public FuzzStep Append(DrawnStream stream, string mediaType, byte[] body)
    {
        string target = draw.Below(10) switch
        {
            0 => $"{stream.Path}/partitions/{draw.Below(stream.Partitions + 1)}/events",
            1 when draw.OneIn(4) => $"{stream.Path}/partitions/{draw.UrlText()}/events",
            2 when draw.OneIn(4) => $"{stream.Path}/events?{draw.UrlText()}={draw.UrlText()}",
            _ => $"{stream.Path}/events",
        };
        List<FuzzHeader> headers = [new("Content-Type", draw.OneIn(12) ? mediaType + draw.Pick("; charset=utf-8", "; charset=latin1", ";", "; a") : mediaType)];
        AddHeaders(headers);
        if (draw.OneIn(8))
        {
            headers.Add(new FuzzHeader("Content-Encoding", draw.OneIn(6) ? draw.HeaderText() : "gzip"));
            body = Gzip(body);
        }

        var step = new FuzzStep { Method = "POST", Target = target, Headers = headers, Fault = draw.OneIn(8) ? Fault() : null };
        return FuzzCase.WithBody(step, body);
    }

    /// <summary>A value as JSON, and whether it is read as it is written here.</summary>
    public (string Json, bool IsAsRead) Value(DrawnStream stream)
    {
        if (stream.Type is { } type)
        {
            return type.Value();
        }

        string json = draw.Pick("1", "\"a\"", "{\"a\":1}", "[1,2]", "true", "1e400", "12345678901234567890.50", "{\"b\":{\"c\":[null]}}", Quote(draw.Text()));
        return (json, true);
    }

    private string Event(DrawnStream stream, string value)
    {
        List<string> members = [];
        if (stream.IsEntity || draw.OneIn(3))
        {
            members.Add($"\"key\":{Quote(draw.OneIn(6) ? draw.Text() : draw.Pick("a", "b", "ABQ", "é"))}");
        }

        members.Add($"\"value\":{value}");
        if (draw.OneIn(4))
        {
            members.Add($"\"time\":{draw.Pick("\"2024-05-01T00:00:00Z\"", "\"1969-12-31T23:59:59.999999999+14:00\"", "0", "-1", $"{draw.Number(63)}", Quote(draw.Text()))}");
        }

        if (draw.OneIn(4))
        {
            string name = draw.Pick("ce_id", "ce_source", "ce_type", "ce_time", "ce_datacontenttype", "content-type", "h", "ce_x", draw.Text());
            members.Add($"\"headers\":{{{Quote(name)}:{Quote(draw.Text())}}}");
        }

        return $"{{{string.Join(',', members)}}}";
    }

    private void AddHeaders(List<FuzzHeader> headers)
    {
        switch (draw.Below(12))
        {
            case 0:
                headers.Add(new("Idempotency-Key", draw.OneIn(3) ? draw.HeaderText() : $"k{draw.Below(4)}"));
                break;
            case 1:
                headers.Add(new("If-Offset", draw.Pick("0", "1", "9223372036854775807", draw.HeaderText())));
                break;
            case 2:
                headers.Add(new("Producer-Id", draw.OneIn(6) ? draw.HeaderText() : "p"));
                headers.Add(new("Producer-Epoch", draw.OneIn(4) ? draw.Pick("0", "2", "2147483648", draw.HeaderText()) : "1"));
                headers.Add(new("Producer-Sequence", draw.OneIn(3) ? draw.Pick("9223372036854775807", draw.HeaderText()) : $"{draw.Below(3)}"));
                break;
            case 3:
                headers.Add(new("Prefer", draw.Pick("respond-async", "return=representation", "respond-async, return=representation", draw.HeaderText())));
                break;
            case 4:
                headers.Add(new("traceparent", draw.Pick("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", draw.HeaderText())));
                headers.Add(new("tracestate", draw.HeaderText()));
                headers.Add(new("Prefer", "respond-async"));
                break;
            case 5:
                headers.Add(new("Prefer", "respond-async"));
                break;
        }
    }

    /// <summary>Most often the append itself fails or loses its answer; a fault that lasts makes the outcome partial or unknown.</summary>
    public FuzzFault Fault() => new(
        draw.OneIn(2) ? "AppendBlock" : draw.Pick("CreateAppendBlob", "Read", "Write", "List", "Delete", "GetRow", "QueryRows", "ApplyRows"),
        draw.Below(3),
        draw.Pick("lostBefore", "answerLost", "answerLost", "throttled", "unavailable"),
        draw.Pick(1, 2, 50, 50));

    private byte[] Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body);
        }

        byte[] whole = packed.ToArray();
        return draw.Below(4) switch
        {
            0 => Mutation.Bytes(draw, whole),
            1 => [.. whole, .. draw.OneIn(2) ? whole : draw.Bytes(3)],
            _ => whole,
        };
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    /// <summary>An Idempotency-Key that no other request of the case has, so that a repeat must be recognised.</summary>
    public FuzzStep Repeatable(DrawnStream stream)
    {
        FuzzStep step = Next(stream);
        return step with
        {
            Headers = [step.Headers[0], new FuzzHeader("Idempotency-Key", $"own-{_keys++}")],
            Target = $"{stream.Path}/events",
            Fault = Fault(),
        };
    }
}
