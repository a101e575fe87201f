using System.Net.Http.Json;
using Headwater.Core.Positions;
using Headwater.LocalHost.Serving;
using Headwater.Log.Model;
using Headwater.Testing;

namespace Headwater.Client.Tests;

/// <summary>A local host with small segments, so that little history has many files, and a client of it.</summary>
internal sealed class ReplayHost : IAsyncDisposable
{
    private readonly LocalServer _server;

    private readonly HttpClient _http = new();

    private ReplayHost(LocalServer server, HeadwaterClientOptions options)
    {
        _server = server;
        options.Address = server.Address;
        Client = new HeadwaterClient(options);
    }

    public HeadwaterClient Client { get; }

    public Uri Address => _server.Address;

    public static LogOptions Small { get; } = LogOptions.Default with { SegmentBytes = 64 << 10, ShorterRetentionDelay = TimeSpan.Zero };

    /// <summary>
    /// Segments are compacted and deleted within seconds, and URLs expire after two: request keys, which hold segments back, are forgotten at once.
    /// </summary>
    public static LogOptions Hasty { get; } = Small with
    {
        Memory = MemoryOptions.Default with { KeyWindow = TimeSpan.FromMilliseconds(1), KeyMargin = TimeSpan.Zero },
        SignedUrlLifetime = TimeSpan.FromSeconds(2),
        ListingAge = TimeSpan.FromSeconds(1),
        Compaction = CompactionOptions.Default with { Grace = TimeSpan.FromSeconds(3) },
    };

    public static async Task<ReplayHost> StartAsync(RunningLog log, LogOptions? options = null, HeadwaterClientOptions? client = null) => new(
        await LocalServer.StartAsync(ListenAddress.Parse("http://127.0.0.1:0"), log.ConnectionString, options ?? Small, CancellationToken.None),
        client ?? new HeadwaterClientOptions());

    public EventStream<Flight> NewFlights() => Client.Stream(AzuriteFixture.UniqueName(), FlightJson.Default.Flight);

    /// <summary>Runs maintenance of a stream now.</summary>
    public async Task MaintainAsync(string stream, params string[] work)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync(
            new Uri(_server.Address, $"/streams/{stream}/maintenance"), new { work, force = work.Contains("seal") }, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _http.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>Appends events of random size, some without key or value, in requests of up to 50.</summary>
    public static async Task AppendAsync(EventStream<Flight> flights, Random random, int events, bool isEntity = false)
    {
        for (int i = 0; i < events;)
        {
            int count = Math.Min(random.Next(1, 51), events - i);
            IEnumerable<NewEvent<Flight>> some = Enumerable.Range(i, count).Select(n => New(random, n, isEntity));
            await flights.AppendAsync([.. some], cancellation: TestContext.Current.CancellationToken);
            i += count;
        }
    }

    private static NewEvent<Flight> New(Random random, int number, bool isEntity)
    {
        string? key = isEntity || random.Next(4) > 0 ? $"k{random.Next(20)}" : null;
        var flight = new Flight(Convert.ToHexString(RandomBytes(random)), random.Next(3) == 0 ? null : number);
        NewEvent<Flight> item = isEntity && random.Next(8) == 0 ? NewEvent.Tombstone<Flight>(key!) : new NewEvent<Flight>(key, flight);
        return item with
        {
            Headers = random.Next(3) == 0 ? new Dictionary<string, string> { ["n"] = $"{number}", ["é"] = "ü" } : null,
            Time = random.Next(3) == 0 ? DateTimeOffset.UnixEpoch.AddSeconds(random.Next()) : null,
        };
    }

    private static byte[] RandomBytes(Random random)
    {
        byte[] bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A replay's events by position. Fails on an event that does not follow the one before, and on an offset that no batch has.</summary>
    public static async Task<Replayed> ReplayAsync<T>(EventStream<T> stream, ReplayOptions? options = null)
    {
        var replayed = new Replayed();
        await foreach (ReplayBatch<T> batch in stream.ReplayAsync(options, TestContext.Current.CancellationToken))
        {
            replayed.Add(batch);
        }

        return replayed;
    }

    /// <summary>What the API reads, as text.</summary>
    public static async Task<SortedDictionary<EventPosition, string>> ReadAsync<T>(EventStream<T> stream)
    {
        SortedDictionary<EventPosition, string> read = new(Replayed.Order);
        await foreach (ReceivedEvent<T> e in stream.ReadAsync(cancellation: TestContext.Current.CancellationToken))
        {
            read.Add(e.Position, Replayed.Text(e));
        }

        return read;
    }
}

/// <summary>What a replay has delivered.</summary>
internal sealed class Replayed
{
    public static IComparer<EventPosition> Order { get; } =
        Comparer<EventPosition>.Create((l, r) => (l.Partition, l.Offset).CompareTo((r.Partition, r.Offset)));

    public SortedDictionary<EventPosition, string> Events { get; } = new(Order);

    public List<ReplayGap> Gaps { get; } = [];

    public Dictionary<PartitionId, Offset> Next { get; } = [];

    public void Add<T>(ReplayBatch<T> batch)
    {
        if (Next.TryGetValue(batch.Partition, out Offset next))
        {
            Assert.Equal(next, batch.From);
        }

        Assert.True(batch.Next > batch.From, "A batch has no offset.");
        Offset least = batch.From;
        foreach (ReceivedEvent<T> e in batch.Events)
        {
            Assert.True(e.Offset >= least && e.Offset < batch.Next, $"{e.Position} is outside of its batch, or not after the event before.");
            least = e.Offset.Next;
            Events.Add(e.Position, Text(e));
        }

        Gaps.AddRange(batch.Gaps);
        Next[batch.Partition] = batch.Next;
    }

    public static string Text<T>(ReceivedEvent<T> e) =>
        $"{e.Appended} {e.Key ?? "-"} {e.Time} {e.IsTombstone} {string.Join(',', e.Headers.Select(h => $"{h.Key}={h.Value}"))} {e.Value}";
}
