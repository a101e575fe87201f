using System.Text.Json.Nodes;
using Xunit;

namespace Headwater.Http.Tests.Streams;

public sealed class MaintenanceTests
{
    private readonly TestApi _api = new();

    [Fact]
    public async Task Maintenance_tells_what_it_did()
    {
        await _api.SendAsync("PUT", "/streams/s", """{"partitions":2}""");
        await _api.SendAsync("POST", "/streams/s/partitions/1/events", """[{"value":1}]""");
        Reply reply = await _api.SendAsync("POST", "/streams/s/maintenance", """{"work":["checkpoint"],"budget":"PT10S"}""");

        Assert.Equal(200, reply.Status);
        Assert.True((bool)reply.Json["finished"]!);
        JsonNode second = reply.Json["partitions"]![1]!;
        Assert.Equal((1, true, 1), ((int)second["partition"]!, (bool)second["checkpointed"]!, (int)second["logEndOffset"]!));
    }

    [Fact]
    public async Task Without_a_body_everything_is_done()
    {
        await _api.SendAsync("PUT", "/streams/s", "{}");

        Assert.Equal(200, (await _api.SendAsync("POST", "/streams/s/maintenance")).Status);
    }

    [Theory]
    [InlineData("""{"work":["dust"]}""")]
    [InlineData("""{"work":[]}""")]
    [InlineData("""{"work":["seal","seal"]}""")]
    [InlineData("""{"budget":"PT0S"}""")]
    [InlineData("""{"speed":1}""")]
    public async Task A_request_that_makes_no_sense_is_refused(string body)
    {
        await _api.SendAsync("PUT", "/streams/s", "{}");

        Assert.Equal(400, (await _api.SendAsync("POST", "/streams/s/maintenance", body)).Status);
    }

    [Fact]
    public async Task A_stream_that_is_not_there_is_404()
    {
        Assert.Equal(404, (await _api.SendAsync("POST", "/streams/s/maintenance", "{}")).Status);
    }
}
