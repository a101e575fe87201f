using System.Text.Json.Nodes;
using Headwater.Log;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Read;

/// <summary>Reads in a process that remembers a stream which another process has deleted and created again.</summary>
public sealed class RecreatedStreamTests
{
    private readonly TestApi _api = new();

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/avro")]
    public async Task A_read_by_name_reads_the_new_stream(string form)
    {
        await RecreateAsync();

        Reply reply = await _api.GetAsync("/streams/s/partitions/0/events", ("Accept", form));

        Assert.Equal((200, "1"), (reply.Status, reply.Header("Log-End-Offset")));
    }

    [Theory]
    [InlineData("/streams/s/partitions", "partitions")]
    [InlineData("/streams/s/segments", "segments")]
    public async Task A_listing_by_name_lists_the_new_stream(string path, string member)
    {
        await RecreateAsync();

        Reply reply = await _api.GetAsync(path);

        JsonNode only = Assert.Single(reply.Json[member]!.AsArray())!;
        Assert.Equal(1, (int)(only["logEndOffset"] ?? only["nextOffset"])!);
    }

    [Fact]
    public async Task A_group_of_the_old_stream_is_not_found()
    {
        await RecreateAsync();

        Assert.Equal(404, (await _api.GetAsync("/streams/s/groups/g")).Status);
    }

    private async Task RecreateAsync()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", """[{"value":1},{"value":2}]""");
        await _api.SendAsync("PUT", "/streams/s/groups/g/offsets", """{"offsets":[{"partition":0,"offset":1}]}""", ("Content-Type", "application/json"));
        Assert.Equal(2, (await _api.EventsAsync()).Count);
        var other = new EventLog(new LogPorts(_api.Blobs, _api.Tables, _api.Time, new SeededRandomness(2)), LogOptions.Default);
        var name = StreamName.Parse("s");
        await other.Streams.DeleteAsync(name, TestApi.Cancellation);
        StreamDescription recreated = (await other.Streams.CreateAsync(name, new StreamSettings(), TestApi.Cancellation)).Stream;
        using RequestEvents events = other.NewRequest(recreated, null, null);
        events.AddBytes(new EventAttributes(null, [], null), "3"u8);
        await other.AppendAsync(recreated, events, AppendOptions.None, TestApi.Cancellation);
    }
}
