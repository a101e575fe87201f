using System.Text.Json.Nodes;

namespace Headwater.EndToEnd.Tests;

/// <summary>Runs the documents' tours unchanged against a running host.</summary>
public sealed class TourTests(RunningLog log)
{
    [Fact]
    public async Task The_tour_with_curl_answers_as_the_README_says()
    {
        string[] answers = await ShellTour.RunAsync(log.Server.Address, "README.md");

        Assert.Equal(5, answers.Length);
        Assert.Contains("\"name\":\"flights\"", answers[0], StringComparison.Ordinal);
        Assert.Equal("""{"count":2,"partitions":[{"partition":0,"baseOffset":0,"count":2}]}""", answers[1]);
        Assert.Contains("\"value\":{\"origin\":\"OAK\",\"delay\":12}", answers[2], StringComparison.Ordinal);
        Assert.Contains("\"index\":0,\"pointer\":\"/value/delay\"", answers[3], StringComparison.Ordinal);
        Assert.Contains("\"url\":\"http", answers[4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tour_of_compaction_and_retention_answers_as_the_document_says()
    {
        string[] answers = await ShellTour.RunAsync(log.Server.Address, "docs", "compaction.md");

        Assert.Equal(14, answers.Length);
        Assert.Contains("\"minLag\":\"PT0S\"", answers[0], StringComparison.Ordinal);
        Assert.Contains("\"sealed\":true", answers[3], StringComparison.Ordinal);
        Assert.Contains("\"events\":{\"before\":4,\"after\":2}", answers[5], StringComparison.Ordinal);
        Assert.Equal(["2 9", "3 null", "4 8"], Events(answers[6]));
        Assert.Contains("\"generation\":1", answers[7], StringComparison.Ordinal);
        Assert.Contains("\"sealed\":true", answers[10], StringComparison.Ordinal);
        Assert.Contains("\"segmentsDropped\":1", answers[12], StringComparison.Ordinal);
        Assert.Contains("\"code\":\"offset_below_start\"", answers[13], StringComparison.Ordinal);
        Assert.Contains("\"logStartOffset\":1", answers[13], StringComparison.Ordinal);
    }

    private static IEnumerable<string> Events(string page) =>
        JsonNode.Parse(page)!["events"]!.AsArray().Select(e => $"{e!["offset"]} {e["value"]?.ToJsonString() ?? "null"}");
}
