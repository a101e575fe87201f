using System.Text.Json.Nodes;

namespace Headwater.EndToEnd.Tests.Groups;

/// <summary>A consumer whose next event retention has deleted.</summary>
public sealed class ConsumersAfterRetentionTests(RunningLog log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("dotnet")]
    [InlineData("node")]
    public async Task A_consumer_whose_next_event_was_deleted_continues_at_the_log_start(string language)
    {
        string stream = await log.CreateAsync("""{"retention":{"time":"PT0.01S"}}""");
        (await log.PostAsync(stream, """[{"value":1},{"value":2}]""")).Dispose();
        await MaintainAsync(stream, """{"work":["seal"],"force":true}""");
        (await log.PostAsync(stream, """[{"value":3}]""")).Dispose();
        await Progress.UntilNoneAsync(async () => 2 - await MaintainAsync(stream, """{"work":["retain"]}"""), Patience);

        string[] arguments = [log.Server.Address.ToString(), stream, "g"];
        using ConsumerProcess consumer = language == "node" ? ConsumerProcess.Node(arguments) : ConsumerProcess.Dotnet(arguments);
        await Progress.UntilNoneAsync(() => Task.FromResult(consumer.Lines.Contains("C 0 3") ? 0L : 1L), Patience);

        Assert.Equal(["S 0 0", "L 0 0 2", "E 0 2 3", "C 0 3"], consumer.Lines);
        JsonNode group = await log.GetAsync($"/streams/{stream}/groups/g");
        Assert.Equal((0, 0), ((long)group["lag"]!, (long)group["lost"]!));
    }

    /// <returns>The log start afterwards.</returns>
    private async Task<long> MaintainAsync(string stream, string body)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using HttpResponseMessage answer = await log.Http.PostAsync($"/streams/{stream}/maintenance", RunningLog.Body(body), cancellation);
        JsonNode report = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellation))!;
        return (long)report["partitions"]![0]!["logStartOffset"]!;
    }
}
