using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Xunit;

namespace Headwater.Http.Tests.Read;

/// <summary>Readers that take their pages slowly, and readers that wait, leave room for others.</summary>
public sealed class SlowReaderTests
{
    private const string Events = "/streams/s/partitions/0/events";
    private const string AtEnd = $"{Events}?offset=latest&wait=PT30S";

    [Theory(Timeout = 20_000)]
    [InlineData("application/json", "identity")]
    [InlineData("application/json", "gzip")]
    [InlineData("application/x-ndjson", "identity")]
    [InlineData("application/avro", "identity")]
    public async Task A_reader_that_takes_nothing_is_cut_and_its_memory_returned(string form, string encoding)
    {
        var api = new TestApi();
        await FillAsync(api, events: 4, bytes: 900_000);
        using var client = new StalledClient(Events, ("Accept", form), ("Accept-Encoding", encoding));
        Task answer = api.Api.HandleAsync(client.Context);
        Assert.True(api.Log.Reads.Taken > 1_000_000);
        api.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(client.IsCut);
        while (!answer.IsCompleted)
        {
            api.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await answer.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((true, 0), (client.IsCut, api.Log.Reads.Taken));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/avro")]
    public async Task A_sixteenth_of_the_budget_is_kept_for_pages_of_at_most_64_KiB(string form)
    {
        var api = new TestApi();
        await FillAsync(api, events: 10, bytes: 30_000);
        using MemoryCharge others = api.Log.Reads.Large.Charge(480_000_000);
        Reply reply = await api.GetAsync(Events, ("Accept", form));
        Assert.Equal((200, "2"), (reply.Status, reply.Header("Next-Offset")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_that_takes_nothing_blocks_no_thread_when_others_hold_the_budget()
    {
        var api = new TestApi();
        await api.CreateAsync("""{"codec":"null","schema":{"type":"array","items":"string"}}""");
        await api.PostAsync("/streams/s/events", Texts(items: 1, bytes: 70_000));
        await api.PostAsync("/streams/s/events", Texts(items: 100, bytes: 9_000));
        using var client = new StalledClient(Events);
        Task answer = api.Api.HandleAsync(client.Context);
        using MemoryCharge others = api.Log.Reads.Large.Charge(api.Log.Reads.Large.Limit - api.Log.Reads.Large.Taken);

        // The answer goes on within this call, until it waits for the client again.
        var taken = Task.Factory.StartNew(
            () => client.Take(60_000), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        bool returns = await Task.WhenAny(taken, Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)) == taken;

        Assert.False(answer.IsCompleted);
        client.Abort();
        await answer;
        Assert.True(returns, "A thread waits for the client.");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/avro")]
    public async Task A_page_of_a_large_event_takes_nothing_of_what_is_kept_for_small_pages(string form)
    {
        var api = new TestApi();
        await FillAsync(api, events: 1, bytes: 900_000);
        using MemoryCharge others = api.Log.Reads.Large.Charge(480_000_000);
        Reply reply = await api.GetAsync(Events, ("Accept", form));
        Assert.Equal((429, 480_000_000), (reply.Status, api.Log.Reads.Taken));
    }

    [Fact]
    public async Task A_page_holds_at_most_an_eighth_of_the_budget()
    {
        var api = new TestApi(options: LogOptions.Default with { ReadBytesInFlight = 32_000_000 });
        await FillAsync(api, events: 10, bytes: 900_000);
        Reply reply = await api.GetAsync($"{Events}?maxBytes=33554432");
        Assert.Equal((200, "4"), (reply.Status, reply.Header("Next-Offset")));
    }

    [Theory(Timeout = 20_000)]
    [InlineData("application/json")]
    [InlineData("application/avro")]
    public async Task Beyond_the_reads_that_may_wait_a_read_is_answered_at_once(string form)
    {
        var api = new TestApi(options: LogOptions.Default with { WaitingReads = 1 });
        await FillAsync(api, events: 1, bytes: 10);
        Task<Reply> waits = api.GetAsync(AtEnd, ("Accept", form));
        Reply refused = await api.GetAsync(AtEnd, ("Accept", form));
        Assert.Equal((200, "1", "1"), (refused.Status, refused.Header("Next-Offset"), refused.Header("Retry-After")));
        Assert.False(waits.IsCompleted);

        await api.PostAsync("/streams/s/events", """[{"value":"x"}]""");
        Assert.Equal("", (await waits.WaitAsync(TestContext.Current.CancellationToken)).Header("Retry-After"));
        Task<Reply> next = api.GetAsync(AtEnd, ("Accept", form));
        Assert.False(next.IsCompleted);
        await api.PostAsync("/streams/s/events", """[{"value":"x"}]""");
        Assert.Equal("", (await next).Header("Retry-After"));
    }

    [Theory]
    [InlineData(750L << 20, 150L << 20, 125L << 20, 96_000_000, 98_304_000)]
    [InlineData(3_840L << 20, 512_000_000, 512_000_000, 240L << 20, 256L << 20)]
    [InlineData(64L << 30, 512_000_000, 512_000_000, 512_000_000, 256L << 20)]
    public void Budgets_are_shares_of_the_memory_of_the_process(long memory, long bodies, long pages, long queued, long inFlight)
    {
        var options = LogOptions.ForMemory(memory);
        Assert.Equal((bodies, pages), (options.BodyBytesInFlight, options.ReadBytesInFlight));
        Assert.Equal((queued, inFlight), (options.QueueBytesInFlight, options.InFlightBytes));
    }

    private static string Texts(int items, int bytes) =>
        $$"""[{"value":[{{string.Join(',', Enumerable.Repeat($"\"{new string('x', bytes)}\"", items))}}]}]""";

    private static async Task FillAsync(TestApi api, int events, int bytes)
    {
        await api.CreateAsync("""{"codec":"null"}""");
        for (int i = 0; i < events; i++)
        {
            Assert.Equal(200, (await api.PostAsync("/streams/s/events", $$"""[{"value":"{{new string('x', bytes)}}"}]""")).Status);
        }
    }
}
