using System.Text.Json;
using Headwater.Fuzz.Cases;

namespace Headwater.Fuzz.Generation;

/// <summary>Draws requests of consumer groups, producers and maintenance, which have JSON bodies like settings.</summary>
internal sealed class GroupDraw(Draw draw)
{
    public FuzzStep Next(DrawnStream stream)
    {
        string group = $"{stream.Path}/groups/{(draw.OneIn(8) ? draw.UrlText() : "g")}";
        (string method, string target, string? body) = draw.Below(9) switch
        {
            0 => ("PUT", group + "/offsets", Commit()),
            1 => ("POST", group + "/members", Member()),
            2 => ("POST", group + "/reset", Reset()),
            3 => ("DELETE", group + "/members/" + (draw.OneIn(2) ? "m" : draw.UrlText()), null),
            4 => ("DELETE", group, (string?)null),
            5 => ("POST", stream.Path + "/producers/" + (draw.OneIn(2) ? "p" : draw.UrlText()), null),
            6 => ("POST", stream.Path + "/maintenance", Work()),
            7 => ("POST", draw.Pick("/appends/poison/redrive", "/appends/poison/redrive?limit=1", $"/appends/poison/redrive?ref={draw.UrlText()}"), null),
            _ => (draw.Pick("GET", "HEAD"), group, null),
        };
        var step = new FuzzStep { Method = method, Target = target, Headers = body is null ? [] : [new("Content-Type", "application/json")] };
        return body is null ? step : FuzzCase.WithBody(step, draw.OneIn(2) ? draw.Utf8(body) : Mutation.Json(draw, body));
    }

    /// <summary>The first epoch of a producer, which the headers of appends name.</summary>
    public static FuzzStep StartProducer(DrawnStream stream) => new() { Method = "POST", Target = stream.Path + "/producers/p" };

    private string Commit() =>
        $$"""{"offsets":[{"partition":{{draw.Below(3)}},"offset":{{draw.Pick<long>(0, 1, 5, long.MaxValue)}},"metadata":{{JsonSerializer.Serialize(draw.Text())}}}]}""";

    private string Member() => draw.Pick(
        "{}", """{"member":"m"}""", """{"member":"m","sessionTimeout":"PT30S","owned":[0],"generation":1}""", """{"sessionTimeout":"PT5S"}""");

    private string Reset() => draw.Pick(
        """{"to":"earliest"}""",
        """{"to":"latest","dryRun":true}""",
        """{"to":"offset","offset":0,"partitions":[0],"force":true}""",
        """{"to":"time","time":"2024-05-01T00:00:00Z"}""",
        $$"""{"to":"time","time":{{JsonSerializer.Serialize(draw.Text())}}}""");

    private string Work() => draw.Pick(
        """{"work":["seal"]}""", """{"work":["checkpoint","compact"],"budget":"PT1S"}""", """{"work":["sweep","retain"]}""", "{}", """{"budget":"PT180S"}""");
}
