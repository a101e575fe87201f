using Xunit;

namespace Headwater.Http.Tests.Read;

/// <summary>Reads in a process that remembers the stream as it was before retention deleted its first segment.</summary>
public sealed class AfterRetentionTests
{
    private const string Events = "/streams/s/partitions/0/events";

    private readonly TestApi _api = new();

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    [InlineData("application/cloudevents-batch+json")]
    [InlineData("application/avro")]
    public async Task The_first_read_begins_at_the_new_log_start(string form)
    {
        await TrimAsync();

        Reply reply = await _api.GetAsync(Events, ("Accept", form));

        Assert.Equal((200, "1"), (reply.Status, reply.Header("Log-Start-Offset")));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/avro")]
    public async Task The_first_read_of_a_deleted_offset_is_410_with_the_new_log_start(string form)
    {
        await TrimAsync();

        Reply reply = await _api.GetAsync(Events + "?offset=0", ("Accept", form));

        Assert.Equal((410, 1), (reply.Status, (int)reply.Json["logStartOffset"]!));
    }

    [Fact]
    public async Task Partitions_have_the_new_log_start()
    {
        await TrimAsync();

        Assert.Equal(1, (int)(await _api.GetAsync("/streams/s/partitions")).Json["partitions"]![0]!["logStartOffset"]!);
    }

    private async Task TrimAsync()
    {
        await _api.CreateAsync("""{"retention":{"time":"PT1S"}}""");
        await _api.PostAsync("/streams/s/events", """[{"value":1}]""");
        _api.Time.Advance(TimeSpan.FromSeconds(1.3));
        await _api.PostAsync("/streams/s/maintenance", """{"work":["seal"]}""");
        await _api.PostAsync("/streams/s/events", """[{"value":2}]""");
        Assert.Equal(2, (await _api.EventsAsync()).Count);
        _api.Time.Advance(TimeSpan.FromSeconds(1.3));
        Reply retained = await _api.PostAsync("/streams/s/maintenance", """{"work":["retain"]}""");
        Assert.Equal(1, (int)retained.Json["partitions"]![0]!["segmentsDropped"]!);
    }
}
