using Headwater.Fuzz.Cases;

namespace Headwater.Fuzz.Generation;

/// <summary>Draws reads: every route of GET, with odd query strings and headers.</summary>
internal sealed class ReadDraw(Draw draw)
{
    public FuzzStep Next(DrawnStream stream)
    {
        string path = draw.Below(12) switch
        {
            0 => stream.Path + "/partitions",
            1 => stream.Path + "/segments",
            2 => "/streams",
            3 => stream.Path + "/groups",
            4 => draw.Pick("/health", "/openapi.json", "/appends/poison", $"/appends/{draw.UrlText()}", $"/{draw.UrlText()}/{draw.UrlText()}"),
            5 => $"{stream.Path}/partitions/{draw.UrlText()}/events",
            _ => $"{stream.Path}/partitions/{draw.Below(stream.Partitions)}/events",
        };
        return new FuzzStep { Method = draw.OneIn(6) ? "HEAD" : "GET", Target = path + Query(), Headers = Headers() };
    }

    /// <summary>The stored container file of a stream, to be posted again.</summary>
    public static FuzzStep Container(DrawnStream stream) =>
        new() { Method = "GET", Target = stream.Path + "/partitions/0/events", Headers = [new("Accept", "application/avro")] };

    private string Query()
    {
        IEnumerable<string> parameters = Enumerable.Range(0, draw.Below(4)).Select(_ => Parameter());
        string query = string.Join('&', parameters);
        return query.Length == 0 ? "" : "?" + query;
    }

    private string Parameter()
    {
        string name = draw.Pick("offset", "time", "limit", "maxBytes", "wait", "after", "partition", "ref", draw.UrlText());
        string value = (name, draw.OneIn(2)) switch
        {
            (_, true) => draw.UrlText(),
            ("offset", _) => draw.Pick("earliest", "latest", "0", "1", "5", "9223372036854775807"),
            ("time", _) => draw.Pick("2024-05-01T00:00:00Z", "2026-03-02T08:00:00.0000001Z", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00Z"),
            ("wait", _) => draw.Pick("0", "1", "PT1S", "30", "30.5", "-Infinity", "PT30S", "1e1"),
            _ => draw.Pick("0", "1", "2", "1000", "10000", "10001", "-1", "+1", "1.0"),
        };
        return draw.OneIn(12) ? name : $"{name}={value}";
    }

    private FuzzHeader[] Headers()
    {
        string[] forms = ["application/json", "application/x-ndjson", "application/cloudevents-batch+json", "application/avro", "*/*", "text/*;q=0.1", draw.HeaderText()];
        return draw.Below(6) switch
        {
            0 => [],
            1 => [new("Accept", draw.Pick<string>(forms)), new("Accept-Encoding", draw.Pick("gzip", "br", "gzip;q=0", "*", draw.HeaderText()))],
            2 => [new("If-None-Match", draw.Pick("*", "W/\"a\"", "\"", draw.HeaderText()))],
            3 => [new("Range", "bytes=0-1"), new("Accept", draw.Pick<string>(forms))],
            _ => [new("Accept", draw.Pick<string>(forms))],
        };
    }
}
