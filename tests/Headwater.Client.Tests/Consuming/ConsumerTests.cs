using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Headwater.Core.Positions;
using Headwater.Testing;

namespace Headwater.Client.Tests;

/// <summary>Consumers against a local host.</summary>
public sealed class ConsumerTests(RunningLog log)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_consumer_gets_every_event_of_every_partition_in_order_and_goes_on_live()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 8);
        await AppendAsync(flights, 0, 500);
        var seen = new Seen();
        Task running = Run(flights.NewConsumer(), seen, out CancellationTokenSource stop);

        await seen.HasAsync(500);
        await AppendAsync(flights, 500, 100);
        await seen.HasAsync(600);
        await stop.CancelAsync();
        await running;

        Assert.Equal(Enumerable.Range(0, 600), seen.Delays.Order());
        Assert.All(seen.Events.GroupBy(e => e.Partition), p => Assert.Equal(p.Select(e => e.Offset).Order(), p.Select(e => e.Offset)));
    }

    [Fact]
    public async Task A_consumer_that_starts_at_the_log_end_gets_only_later_events()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 2);
        await AppendAsync(flights, 0, 10);
        var seen = new Seen();
        var assigned = new ConcurrentBag<PartitionId>();
        var options = new ConsumerOptions { From = StartFrom.Latest, OnAssigned = p => p.ToList().ForEach(assigned.Add) };
        Task running = Run(flights.NewConsumer(options), seen, out CancellationTokenSource stop);
        await UntilAsync(() => assigned.Count == 2);

        await AppendAsync(flights, 10, 5);
        await seen.HasAsync(5);
        await stop.CancelAsync();
        await running;

        Assert.Equal(Enumerable.Range(10, 5), seen.Delays.Order());
    }

    [Fact]
    public async Task A_group_goes_on_where_its_last_member_has_committed()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 3);
        await AppendAsync(flights, 0, 50);
        var first = new Seen();
        Task running = Run(flights.NewConsumer(new ConsumerOptions { Group = "g" }), first, out CancellationTokenSource stop);
        await first.HasAsync(50);
        await stop.CancelAsync();
        await running;
        await AppendAsync(flights, 50, 20);

        var second = new Seen();
        Task again = Run(flights.NewConsumer(new ConsumerOptions { Group = "g" }), second, out CancellationTokenSource stopAgain);
        await second.HasAsync(20);
        await stopAgain.CancelAsync();
        await again;

        Assert.Equal(Enumerable.Range(50, 20), second.Delays.Order());
    }

    [Fact]
    public async Task Members_of_a_group_share_the_partitions_and_no_event_is_processed_twice()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 4);
        await AppendAsync(flights, 0, 200);
        var options = new ConsumerOptions { Group = "g", SessionTimeout = TimeSpan.FromSeconds(6) };
        var seen = new Seen();
        Consumer<Flight> one = flights.NewConsumer(options);
        Consumer<Flight> two = flights.NewConsumer(options);
        Task first = Run(one, seen, out CancellationTokenSource stopFirst);
        await seen.HasAsync(200);
        Task second = Run(two, seen, out CancellationTokenSource stopSecond);

        await UntilAsync(() => one.Assigned.Count == 2 && two.Assigned.Count == 2);
        await AppendAsync(flights, 200, 200);
        await seen.HasAsync(400);
        await stopFirst.CancelAsync();
        await stopSecond.CancelAsync();
        await Task.WhenAll(first, second);

        Assert.Equal(Enumerable.Range(0, 400), seen.Delays.Order());
    }

    [Fact]
    public async Task A_program_that_commits_itself_commits_nothing_else()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        await AppendAsync(flights, 0, 10);
        var seen = new Seen();
        Consumer<Flight> consumer = flights.NewConsumer(new ConsumerOptions { Group = "g", Commits = CommitMode.Manual });
        Task running = Run(consumer, seen, out CancellationTokenSource stop);
        await seen.HasAsync(10);
        await consumer.CommitAsync([new EventPosition(new PartitionId(0), new Offset(4))], Cancellation);
        await stop.CancelAsync();
        await running;

        var again = new Seen();
        Task second = Run(flights.NewConsumer(new ConsumerOptions { Group = "g" }), again, out CancellationTokenSource stopAgain);
        await again.HasAsync(6);
        await stopAgain.CancelAsync();
        await second;

        Assert.Equal([4, 5, 6, 7, 8, 9], again.Delays);
    }

    [Fact]
    public async Task An_event_that_fails_stops_the_consumer_and_is_not_committed()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        await AppendAsync(flights, 0, 10);
        Consumer<Flight> consumer = flights.NewConsumer(new ConsumerOptions { Group = "g" });

        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(() => consumer.RunAsync(
            (e, _) => e.Value!.Delay == 3 ? throw new InvalidOperationException("No such airport.") : default, Cancellation));

        var again = new Seen();
        Task second = Run(flights.NewConsumer(new ConsumerOptions { Group = "g" }), again, out CancellationTokenSource stop);
        await again.HasAsync(7);
        await stop.CancelAsync();
        await second;
        Assert.Equal("No such airport.", failure.Message);
        Assert.Equal([3, 4, 5, 6, 7, 8, 9], again.Delays);
    }

    [Fact]
    public async Task A_poison_event_is_sent_to_another_stream_and_the_others_are_processed()
    {
        EventStream<JsonElement> any = log.Client.Stream(AzuriteFixture.UniqueName());
        await any.CreateAsync(new StreamSettings(), Cancellation);
        await any.AppendAsync(
            [new("a", JsonElement.Parse("""{"origin":"ABQ"}""")), new("b", JsonElement.Parse("7")), new("c", JsonElement.Parse("""{"origin":"SFO"}"""))],
            cancellation: Cancellation);
        EventStream<ReadOnlyMemory<byte>> dead = log.Client.Stream(AzuriteFixture.UniqueName(), ValueSerializers.Utf8);
        await dead.CreateAsync(new StreamSettings(), Cancellation);
        EventStream<Flight> flights = log.Client.Stream(any.Name, FlightJson.Default.Flight);
        var seen = new Seen();

        Task running = Run(flights.NewConsumer(new ConsumerOptions { Poison = flights.PoisonTo(dead) }), seen, out CancellationTokenSource stop);
        await seen.HasAsync(2);
        await stop.CancelAsync();
        await running;

        ReceivedEvent<ReadOnlyMemory<byte>> poison = Assert.Single(await dead.ReadAsync(cancellation: Cancellation).ToListAsync(Cancellation));
        Assert.Equal(("b", "7"), (poison.Key, Encoding.UTF8.GetString(poison.Value.Span)));
        Assert.Equal(("0/1", any.Name), (poison.Headers["poison_position"], poison.Headers["poison_stream"]));
        Assert.Equal(["ABQ", "SFO"], seen.Events.Select(e => e.Value!.Origin));
    }

    [Fact]
    public async Task A_paused_partition_gets_no_events_until_it_is_resumed()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        var seen = new Seen();
        Consumer<Flight> consumer = flights.NewConsumer();
        Task running = Run(consumer, seen, out CancellationTokenSource stop);
        await UntilAsync(() => consumer.Assigned.Count == 1);

        consumer.Pause(new PartitionId(0));
        await AppendAsync(flights, 0, 5);
        consumer.Seek(new EventPosition(new PartitionId(0), new Offset(2)));
        int paused = seen.Events.Count;
        consumer.Resume(new PartitionId(0));
        await UntilAsync(() => seen.Delays.Contains(4));
        await stop.CancelAsync();
        await running;

        Assert.Equal(0, paused);
        Assert.Equal([2, 3, 4], seen.Delays.SkipWhile(d => d != 2));
    }

    [Fact]
    public async Task The_lag_is_what_is_appended_and_not_processed()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        await AppendAsync(flights, 0, 5);
        using var gate = new SemaphoreSlim(0);
        var started = new TaskCompletionSource();
        Consumer<Flight> consumer = flights.NewConsumer();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task running = consumer.RunAsync(
            async (e, cancellation) =>
            {
                if (e.Value!.Delay == 2)
                {
                    started.SetResult();
                    await gate.WaitAsync(cancellation);
                }
            },
            stop.Token);
        await started.Task;

        Assert.Equal(3, (await consumer.LagAsync(Cancellation))[new PartitionId(0)]);
        gate.Release();
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_consumer_stops_if_its_stream_is_deleted()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        await AppendAsync(flights, 0, 5);
        var seen = new Seen();
        Task running = Run(flights.NewConsumer(), seen, out _);
        await seen.HasAsync(5);
        await flights.DeleteAsync(Cancellation);

        HeadwaterException gone = await Assert.ThrowsAsync<HeadwaterException>(() => running);

        Assert.Equal("stream_not_found", gone.Code);
    }

    [Fact]
    public async Task A_reader_does_not_go_on_in_a_stream_that_took_its_streams_name()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        await AppendAsync(flights, 0, 5);
        await using IAsyncEnumerator<ReceivedEvent<Flight>> reader =
            flights.ReadAsync(new ReadOptions { PageEvents = 2 }, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await reader.MoveNextAsync());
        await flights.DeleteAsync(Cancellation);
        await flights.EnsureAsync(cancellation: Cancellation);
        await AppendAsync(flights, 100, 10);

        HeadwaterException replaced = await Assert.ThrowsAsync<HeadwaterException>(async () =>
        {
            while (await reader.MoveNextAsync())
            {
                Assert.InRange(reader.Current.Value!.Delay!.Value, 0, 4);
            }
        });

        Assert.Equal("stream_replaced", replaced.Code);
    }

    [Fact]
    public async Task A_consumer_that_lost_events_to_retention_reports_them_and_goes_on()
    {
        using var service = new ScriptedHandler();
        service.Answers.Enqueue(() => RetryTests.Json(200, RetryTests.Stream));
        service.Answers.Enqueue(() => RetryTests.Json(
            410,
            """{"code":"offset_below_start","detail":"d","retryable":false,"appended":"no","partition":0,"logStartOffset":7}""",
            "application/problem+json"));
        service.Answers.Enqueue(() => RetryTests.Json(
            200,
            """{"partition":0,"offset":7,"appended":"2024-01-01T00:00:00.000000Z","headers":{},"value":{"origin":"ABQ","delay":7}}""",
            "application/x-ndjson"));
        using var client = new HeadwaterClient(new HeadwaterClientOptions { Address = new Uri("http://log.example"), Handler = service });
        List<LostEvents> lost = [];
        List<long> seen = [];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        await client.Stream("s", FlightJson.Default.Flight).NewConsumer(new ConsumerOptions
        {
            From = StartFrom.Positions(new EventPosition(new PartitionId(0), new Offset(3))),
            BelowLogStart = BelowLogStart.Skip,
            OnLost = lost.Add,
        }).RunAsync(
            async (e, _) =>
            {
                seen.Add(e.Offset.Value);
                await stop.CancelAsync();
            },
            stop.Token);

        Assert.Equal([new LostEvents(new PartitionId(0), new Offset(3), new Offset(7))], lost);
        Assert.Equal([7L], seen);
    }

    private async Task<EventStream<Flight>> NewAsync(int partitions)
    {
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync(new StreamSettings { Partitions = partitions }, Cancellation);
        return flights;
    }

    private static Task<AppendResult> AppendAsync(EventStream<Flight> flights, int first, int count) =>
        flights.AppendAsync([.. Enumerable.Range(first, count).Select(i => new NewEvent<Flight>($"k{i}", new Flight("ABQ", i)))], cancellation: Cancellation);

    private static Task Run(Consumer<Flight> consumer, Seen seen, out CancellationTokenSource stop)
    {
        stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        return consumer.RunAsync(seen.AddAsync, stop.Token);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(1)); // Only a consumer that has failed is so late.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, Cancellation);
        while (!holds())
        {
            await Task.Delay(20, either.Token);
        }
    }

    private sealed class Seen
    {
        private readonly ConcurrentQueue<ReceivedEvent<Flight>> _events = new();

        public ConcurrentQueue<ReceivedEvent<Flight>> Events => _events;

        public IEnumerable<int> Delays => _events.Select(e => e.Value!.Delay!.Value);

        public ValueTask AddAsync(ReceivedEvent<Flight> item, CancellationToken cancellation)
        {
            _events.Enqueue(item);
            return default;
        }

        public Task HasAsync(int count) => UntilAsync(() => _events.Count >= count);
    }
}
