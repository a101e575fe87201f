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
    [InlineData("""{"force":"yes"}""")]
    [InlineData("""{"work":["compact"],"force":true}""")]
    public async Task A_request_that_makes_no_sense_is_refused(string body)
    {
        await _api.SendAsync("PUT", "/streams/s", "{}");

        Assert.Equal(400, (await _api.SendAsync("POST", "/streams/s/maintenance", body)).Status);
    }

    [Fact]
    public async Task Force_seals_a_segment_of_any_age()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", """[{"value":1}]""");

        Reply reply = await _api.PostAsync("/streams/s/maintenance", """{"work":["seal"],"force":true}""");

        Assert.True((bool)reply.Json["partitions"]![0]!["sealed"]!);
        JsonArray segments = (await _api.GetAsync("/streams/s/segments")).Json["segments"]!.AsArray();
        Assert.Equal([true, false], segments.Select(s => (bool)s!["sealed"]!));
    }

    [Fact]
    public async Task Force_does_not_seal_a_segment_without_events()
    {
        await _api.CreateAsync();

        Reply reply = await _api.PostAsync("/streams/s/maintenance", """{"work":["seal"],"force":true}""");

        Assert.False((bool)reply.Json["partitions"]![0]!["sealed"]!);
    }

    [Fact]
    public async Task Without_force_a_young_segment_is_not_sealed()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", """[{"value":1}]""");

        Reply reply = await _api.PostAsync("/streams/s/maintenance", """{"work":["seal"],"force":false}""");

        Assert.False((bool)reply.Json["partitions"]![0]!["sealed"]!);
    }

    [Fact]
    public async Task With_a_minLag_of_zero_sealed_segments_are_compacted_at_once()
    {
        await _api.CreateAsync("""{"kind":"entity","compaction":{"minLag":"PT0S"}}""");
        foreach (int value in (int[])[1, 2, 3])
        {
            await _api.PostAsync("/streams/s/events", $$"""[{"key":"a","value":{{value}}}]""");
            await _api.PostAsync("/streams/s/maintenance", """{"work":["seal"],"force":true}""");
        }

        Reply reply = await _api.PostAsync("/streams/s/maintenance", """{"work":["compact"]}""");

        Assert.Equal((2, 1), (
            (int)reply.Json["partitions"]![0]!["compaction"]!["events"]!["before"]!, (int)reply.Json["partitions"]![0]!["compaction"]!["events"]!["after"]!));
        Assert.Equal([2, 3], (await _api.EventsAsync()).Select(e => (int)e!["value"]!));
        Assert.Equal("PT0S", (string)(await _api.GetAsync("/streams/s")).Json["compaction"]!["minLag"]!);
    }

    [Fact]
    public async Task A_stream_that_is_not_there_is_404()
    {
        Assert.Equal(404, (await _api.SendAsync("POST", "/streams/s/maintenance", "{}")).Status);
    }
}
