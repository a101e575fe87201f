
namespace Headwater.Client.Tests;

/// <summary>Reads beyond the log end, and how many requests they keep open.</summary>
public sealed class LiveReadingTests(RunningLog log)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_that_follows_gets_later_events_of_every_partition()
    {
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync(new StreamSettings { Partitions = 5 }, Cancellation);
        await AppendAsync(flights, 0);

        List<int> seen = [];
        await foreach (ReceivedEvent<Flight> read in flights.ReadAsync(new ReadOptions { Follow = true }, Cancellation))
        {
            seen.Add(read.Value!.Delay!.Value);
            if (seen.Count == 10)
            {
                await AppendAsync(flights, 10);
            }
            else if (seen.Count == 20)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(0, 20), seen.Order());
    }

    [Fact]
    public async Task A_consumer_of_many_partitions_keeps_at_most_four_reads_open()
    {
        EventStream<Flight> created = log.NewFlights();
        await created.EnsureAsync(new StreamSettings { Partitions = 40 }, Cancellation);
        await AppendAsync(created, 0);
        using var counted = new CountingHandler();
        using var client = new HeadwaterClient(new HeadwaterClientOptions { Address = log.Address, Handler = counted });
        EventStream<Flight> flights = client.Stream(created.Name, FlightJson.Default.Flight);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        int processed = 0;

        await flights.NewConsumer().RunAsync(
            async (_, _) =>
            {
                int count = Interlocked.Increment(ref processed);
                if (count == 10)
                {
                    await AppendAsync(created, 10);
                }
                else if (count == 20)
                {
                    await stop.CancelAsync();
                }
            },
            stop.Token);

        Assert.Equal(4, counted.MostOpen);
    }

    private static Task<AppendResult> AppendAsync(EventStream<Flight> flights, int first) =>
        flights.AppendAsync([.. Enumerable.Range(first, 10).Select(i => new NewEvent<Flight>($"k{i}", new Flight("ABQ", i)))], cancellation: Cancellation);

    /// <summary>Counts the reads that are open at a time.</summary>
    private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        private int _open;

        private int _most;

        public int MostOpen => _most;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            bool isRead = request.RequestUri!.AbsolutePath.EndsWith("/events", StringComparison.Ordinal) && request.Method == HttpMethod.Get;
            int open = isRead ? Interlocked.Increment(ref _open) : 0;
            for (int most = _most; open > most; most = _most)
            {
                Interlocked.CompareExchange(ref _most, open, most);
            }

            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                if (isRead)
                {
                    Interlocked.Decrement(ref _open);
                }
            }
        }
    }
}
