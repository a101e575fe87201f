using System.Globalization;
using System.Text.Json.Nodes;
using Headwater.Log;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Read;

/// <summary>Reads of several partitions in one request.</summary>
public sealed class ManyPartitionsTests
{
    private readonly TestApi _api = new();

    [Fact]
    public async Task A_page_has_the_events_of_all_partitions_in_order_within_each()
    {
        await CreateAsync(partitions: 3);
        await PostAsync(0, 1, 2);
        await PostAsync(2, 3, 4);

        Reply page = await _api.GetAsync("/streams/s/events");

        Assert.Equal(["0/0=1", "0/1=2", "2/0=3", "2/1=4"], Events(page));
    }

    [Fact]
    public async Task The_next_page_continues_in_every_partition()
    {
        await CreateAsync(partitions: 2);
        await PostAsync(0, 1);
        string cursor = CursorOf(await _api.GetAsync("/streams/s/events"));
        await PostAsync(0, 2);
        await PostAsync(1, 3);

        Reply next = await _api.GetAsync($"/streams/s/events?cursor={cursor}");

        Assert.Equal(["0/1=2", "1/0=3"], Events(next).Order());
        Assert.Empty(Events(await _api.GetAsync($"/streams/s/events?cursor={CursorOf(next)}")));
    }

    [Fact]
    public async Task Lines_of_NDJSON_name_their_partition_and_the_cursor_is_a_header()
    {
        await CreateAsync(partitions: 2);
        await PostAsync(1, 5);

        Reply page = await _api.GetAsync("/streams/s/events", ("Accept", "application/x-ndjson"));

        Assert.StartsWith("""{"partition":1,"offset":0,""", page.Text, StringComparison.Ordinal);
        Assert.Empty(Events(await _api.GetAsync($"/streams/s/events?cursor={page.Header("Next-Cursor")}")));
    }

    [Fact]
    public async Task Only_the_named_partitions_are_read_each_from_its_own_offset()
    {
        await CreateAsync(partitions: 5);
        for (int p = 0; p < 5; p++)
        {
            await PostAsync(p, 10 * p, (10 * p) + 1);
        }

        Reply page = await _api.GetAsync("/streams/s/events?partitions=0:1,2-3");

        Assert.Equal(["0/1=1", "2/0=20", "2/1=21", "3/0=30", "3/1=31"], Events(page));
    }

    [Fact]
    public async Task A_partition_with_many_events_does_not_hold_up_the_others()
    {
        await CreateAsync(partitions: 2);
        await PostAsync(0, [.. Enumerable.Range(0, 100)]);
        await PostAsync(1, 7);

        Reply first = await _api.GetAsync("/streams/s/events?limit=10");
        Reply second = await _api.GetAsync($"/streams/s/events?limit=10&cursor={CursorOf(first)}");

        Assert.Equal(10, Events(first).Count);
        Assert.Equal("1/0=7", Events(second)[0]);
    }

    [Fact]
    public async Task A_read_that_waits_is_answered_when_any_partition_gets_an_event()
    {
        await CreateAsync(partitions: 3);

        Task<Reply> waiting = _api.GetAsync("/streams/s/events?wait=30");
        bool early = waiting.IsCompleted;
        await PostAsync(2, 9);

        Assert.False(early);
        Assert.Equal(["2/0=9"], Events(await waiting));
    }

    [Fact]
    public async Task A_read_that_waits_in_vain_is_answered_with_its_cursor()
    {
        await CreateAsync(partitions: 3);

        Task<Reply> waiting = _api.GetAsync("/streams/s/events?wait=5");
        _api.Time.Advance(TimeSpan.FromSeconds(6));

        Reply reply = await waiting;
        Assert.Empty(Events(reply));
        Assert.Equal(CursorOf(await _api.GetAsync("/streams/s/events")), CursorOf(reply));
    }

    [Fact]
    public async Task Reads_that_wait_are_limited_by_the_sum_of_their_partitions()
    {
        var api = new TestApi(options: LogOptions.Default with { WaitingPartitions = 4 });
        await api.CreateAsync("""{"partitions":3}""");
        Task<Reply> waits = api.GetAsync("/streams/s/events?wait=30");
        Assert.False(waits.IsCompleted);

        Reply refused = await api.GetAsync("/streams/s/events?partitions=0-1&wait=30");
        Assert.Equal((200, "1"), (refused.Status, refused.Header("Retry-After")));
        Task<Reply> fits = api.GetAsync("/streams/s/events?partitions=0&wait=30");
        Assert.False(fits.IsCompleted);

        api.Log.StopWaiting();
        Assert.Equal("", (await waits).Header("Retry-After"));
        await fits;
    }

    [Fact]
    public async Task A_read_of_more_partitions_than_may_wait_is_answered_at_once()
    {
        var api = new TestApi(options: LogOptions.Default with { WaitingPartitions = 2 });
        await api.CreateAsync("""{"partitions":3}""");

        Reply refused = await api.GetAsync("/streams/s/events?wait=30");

        Assert.Equal((200, "1"), (refused.Status, refused.Header("Retry-After")));
        Task<Reply> fits = api.GetAsync("/streams/s/events?partitions=0-1&wait=1");
        Assert.False(fits.IsCompleted);
        api.Log.StopWaiting();
        await fits;
    }

    [Fact]
    public async Task Events_that_another_process_appends_are_read_too()
    {
        await CreateAsync(partitions: 2);
        string cursor = CursorOf(await _api.GetAsync("/streams/s/events"));
        await AppendElsewhereAsync(1);

        Assert.Equal(["1/0=5"], Events(await _api.GetAsync($"/streams/s/events?cursor={cursor}")));
    }

    [Fact]
    public async Task A_start_by_time_or_at_the_log_end_holds_for_every_partition()
    {
        await CreateAsync(partitions: 2);
        await PostAsync(0, 1);
        await PostAsync(1, 2);
        _api.Time.Advance(TimeSpan.FromHours(1));
        string time = _api.Time.GetUtcNow().ToString("o", CultureInfo.InvariantCulture);
        string end = CursorOf(await _api.GetAsync("/streams/s/events?offset=latest"));
        await PostAsync(1, 3);

        Assert.Equal(["1/1=3"], Events(await _api.GetAsync($"/streams/s/events?time={Uri.EscapeDataString(time)}")));
        Assert.Equal(["1/1=3"], Events(await _api.GetAsync($"/streams/s/events?cursor={end}")));
    }

    [Theory]
    [InlineData("partitions=0,0", 400, "invalid_parameter")]
    [InlineData("partitions=0-1-2", 400, "invalid_parameter")]
    [InlineData("partitions=0-1:3", 400, "invalid_parameter")]
    [InlineData("partitions=1-0", 400, "invalid_parameter")]
    [InlineData("partitions=", 400, "invalid_parameter")]
    [InlineData("partitions=x", 400, "invalid_parameter")]
    [InlineData("partitions=0-9999999", 404, "partition_not_found")]
    [InlineData("partitions=2", 404, "partition_not_found")]
    [InlineData("offset=3", 400, "invalid_parameter")]
    [InlineData("cursor=abc", 400, "invalid_parameter")]
    [InlineData("cursor=A&partitions=0", 400, "invalid_parameter")]
    public async Task A_malformed_query_is_refused(string query, int status, string code)
    {
        await CreateAsync(partitions: 2);

        Reply reply = await _api.GetAsync($"/streams/s/events?{query}");

        Assert.Equal((status, code), (reply.Status, (string)reply.Json["code"]!));
    }

    [Fact]
    public async Task An_offset_beyond_the_end_names_its_partition()
    {
        await CreateAsync(partitions: 2);
        await PostAsync(1, 3);

        Reply reply = await _api.GetAsync("/streams/s/events?partitions=0,1:2");

        Assert.Equal((416, "offset_beyond_end"), (reply.Status, (string)reply.Json["code"]!));
        Assert.Equal((1, 1L), ((int)reply.Json["partition"]!, (long)reply.Json["logEndOffset"]!));
    }

    [Fact]
    public async Task A_cursor_of_a_deleted_stream_does_not_read_the_new_one()
    {
        await CreateAsync(partitions: 2);
        string cursor = CursorOf(await _api.GetAsync("/streams/s/events"));
        await _api.SendAsync("DELETE", "/streams/s");
        await CreateAsync(partitions: 2);

        Reply reply = await _api.GetAsync($"/streams/s/events?cursor={cursor}");

        Assert.Equal((409, "stream_replaced"), (reply.Status, (string)reply.Json["code"]!));
    }

    [Theory]
    [InlineData("GET", "/streams/s/partitions/0/events")]
    [InlineData("GET", "/streams/s/partitions")]
    [InlineData("GET", "/streams/s/segments")]
    [InlineData("POST", "/streams/s/events")]
    [InlineData("POST", "/streams/s/partitions/0/events")]
    public async Task A_request_that_names_the_deleted_stream_is_refused_and_stores_nothing(string method, string path)
    {
        await CreateAsync(partitions: 1);
        string old = (await _api.GetAsync("/streams/s/partitions")).Header("Stream-Id");
        await _api.SendAsync("DELETE", "/streams/s");
        await CreateAsync(partitions: 1);

        Reply reply = await _api.SendAsync(method, path, """[{"value":1}]""", ("Content-Type", "application/json"), ("Stream-Id", old));

        Assert.Equal((409, "stream_replaced", "no"), (reply.Status, (string)reply.Json["code"]!, (string)reply.Json["appended"]!));
        Assert.NotEqual(old, (string)reply.Json["streamId"]!);
        Assert.Empty(await _api.EventsAsync());
    }

    [Fact]
    public async Task A_request_that_names_the_stream_is_served_with_its_id()
    {
        await CreateAsync(partitions: 1);
        string id = (string)(await _api.GetAsync("/streams/s")).Json["streamId"]!;

        Reply append = await _api.PostAsync("/streams/s/events", """[{"value":1}]""", ("Stream-Id", id));
        Reply read = await _api.GetAsync("/streams/s/events", ("Stream-Id", id));

        Assert.Equal((200, id, 200, id), (append.Status, append.Header("Stream-Id"), read.Status, read.Header("Stream-Id")));
    }

    private Task CreateAsync(int partitions) => _api.CreateAsync($$"""{"partitions":{{partitions}}}""");

    private async Task PostAsync(int partition, params int[] values)
    {
        string events = string.Join(',', values.Select(v => $$"""{"value":{{v}}}"""));
        Reply reply = await _api.PostAsync($"/streams/s/partitions/{partition}/events", $"[{events}]");
        Assert.Equal(200, reply.Status);
    }

    private async Task AppendElsewhereAsync(int partition)
    {
        var other = new EventLog(new LogPorts(_api.Blobs, _api.Tables, _api.Time, new SeededRandomness(2)), LogOptions.Default);
        StreamDescription stream = await other.Streams.GetAsync(StreamName.Parse("s"), TestApi.Cancellation);
        using RequestEvents events = other.NewRequest(stream, stream.Partition(partition), null);
        events.AddBytes(new EventAttributes(null, [], null), "5"u8);
        await other.AppendAsync(stream, events, new AppendOptions(), TestApi.Cancellation);
    }

    private static string CursorOf(Reply page) => (string)page.Json["cursor"]!;

    private static List<string> Events(Reply page) =>
        [.. page.Json["events"]!.AsArray().Select(e => $"{e!["partition"]}/{e["offset"]}={Value(e["value"]!)}")];

    private static string Value(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String ? "5" : value.ToString();
}
