using System.Globalization;
using Headwater.Fuzz.Cases;

namespace Headwater.Fuzz.Generation;

/// <summary>Draws requests that create, change, describe and delete streams.</summary>
internal sealed class StreamDraw(Draw draw)
{
    private static readonly FuzzHeader JsonType = new("Content-Type", "application/json");

    private readonly TypeDraw _types = new(draw);

    /// <summary>A request that creates a stream. The settings are valid, but the schema need not be.</summary>
    public (DrawnStream Stream, FuzzStep Step) Create(string name)
    {
        DrawnType? type = draw.OneIn(4) ? null : _types.Next();
        var stream = new DrawnStream(name, draw.Pick(1, 1, 2, 3), draw.OneIn(5), type);
        return (stream, new FuzzStep { Method = "PUT", Target = stream.Path, Headers = [JsonType], Text = Settings(stream) });
    }

    /// <summary>A request with settings that are mostly invalid.</summary>
    public FuzzStep Odd(DrawnStream stream)
    {
        string method = draw.Pick("PUT", "PUT", "PATCH", "PATCH", "GET", "HEAD", "POST");
        string target = draw.OneIn(4) ? $"/streams/{draw.UrlText()}" : method == "PUT" && draw.OneIn(2) ? "/streams/odd" : stream.Path;
        var step = new FuzzStep { Method = method, Target = target, Headers = [.. ContentType(), .. Conditions()] };
        if (method is "GET" or "HEAD")
        {
            return step;
        }

        string body = method == "PUT" ? Settings(new DrawnStream("odd", 1, false, _types.Next())) : Change();
        return FuzzCase.WithBody(step, draw.OneIn(4) ? draw.Utf8(body) : Mutation.Json(draw, body));
    }

    public FuzzStep Delete(DrawnStream stream) => new() { Method = "DELETE", Target = stream.Path, Headers = Conditions() };

    private string Settings(DrawnStream stream)
    {
        List<string> members =
        [
            $"\"partitions\":{stream.Partitions.ToString(CultureInfo.InvariantCulture)}",
            $"\"codec\":\"{draw.Pick("deflate", "null", "zstandard")}\"",
            "\"inbox\":true",
        ];
        if (stream.Type is not null)
        {
            members.Add($"\"schema\":{stream.Type.Schema}");
        }

        if (stream.IsEntity)
        {
            members.Add("\"kind\":\"entity\"");
        }

        return $"{{{string.Join(',', members)}}}";
    }

    private string Change()
    {
        string[] members =
        [
            "\"retention\":{\"time\":\"P30D\",\"bytes\":100000000}", "\"compaction\":{\"minLag\":\"PT1H\",\"tombstoneRetention\":\"P1D\"}", "\"owner\":\"o\"",
            "\"doc\":\"d\"", "\"tags\":[\"a\",\"b\"]", "\"inbox\":true", "\"retention\":null", $"\"doc\":{System.Text.Json.JsonSerializer.Serialize(draw.Text())}",
        ];
        return $"{{{string.Join(',', members.Where(_ => draw.OneIn(3)))}}}";
    }

    private FuzzHeader[] ContentType() => draw.Below(8) switch
    {
        0 => [],
        1 => [new("Content-Type", draw.HeaderText())],
        2 => [JsonType, new("Content-Encoding", draw.Pick("gzip", "br", "identity", "x"))],
        _ => [JsonType],
    };

    private FuzzHeader[] Conditions() => draw.OneIn(3)
        ? [new(draw.Pick("If-Match", "If-None-Match"), draw.Pick("*", "\"a\"", "W/\"a\"", "\"a\", \"b\"", "a", "\"", "", draw.HeaderText()))]
        : [];
}
