using Xunit;

namespace Headwater.Http.Tests.Streams;

/// <summary>What docs/json-values.md says about schemas that other parsers treat differently.</summary>
public sealed class SchemaDecisionTests
{
    private readonly TestApi _api = new();

    [Theory]
    [InlineData("""{"type":"fixed","name":"F","size":0}""")]
    [InlineData("""{"type":"error","name":"E","fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","doc":null,"fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":null,"fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","aliases":null,"fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"bq-results-2024","fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"a.Outer$","fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":{"type":"record","name":"In","namespace":"","fields":[]}}]}""")]
    public async Task A_schema_that_the_page_says_is_rejected_is_422(string schema)
    {
        Reply reply = await _api.SendAsync("PUT", "/streams/s", $$"""{"schema":{{schema}}}""", ("Content-Type", "application/json"));
        Assert.Equal((422, "schema_invalid"), (reply.Status, reply.Code));
    }

    [Theory]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":["null","int"],"default":1}]}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"","fields":[]}""")]
    public async Task A_schema_that_the_page_says_is_accepted_is_201(string schema) =>
        Assert.Equal(201, (await _api.SendAsync("PUT", "/streams/s", $$"""{"schema":{{schema}}}""", ("Content-Type", "application/json"))).Status);

    [Theory]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2016-12-31T23:59:59.0000000001Z")]
    public async Task A_time_that_the_page_says_is_rejected_is_422(string time)
    {
        await _api.CreateAsync();
        Reply reply = await _api.PostAsync("/streams/s/events", $$"""[{"value":1,"time":"{{time}}"}]""");
        Assert.Equal((422, "0 /time"), (reply.Status, reply.Faults.Single()));
    }

    [Fact]
    public async Task One_whole_block_is_answered_whatever_maxBytes_says()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", $"[{string.Join(',', Enumerable.Repeat("""{"value":1}""", 300))}]");
        await _api.PostAsync("/streams/s/events", """[{"value":2}]""");
        Assert.Equal(300, (await _api.GetAsync("/streams/s/partitions/0/events?maxBytes=1")).Json["events"]!.AsArray().Count);
    }
}
