using System.Globalization;
using Headwater.Core.Positions;

namespace Headwater.Client.Tests;

/// <summary>
/// The switch from files to live reads, while others append and segments are sealed, compacted and deleted, and URLs expire. HEADWATER_REPLAY_SWITCHES sets the
/// number of switches, 2 by default; HEADWATER_REPLAY_SEED the first seed.
/// </summary>
public sealed class ReplaySwitchTests(RunningLog log, ITestOutputHelper output)
{
    private static readonly int Switches = Setting("HEADWATER_REPLAY_SWITCHES", 2);

    private static readonly int FirstSeed = Setting("HEADWATER_REPLAY_SEED", 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_event_is_repeated_and_every_event_that_a_full_read_shows_was_delivered()
    {
        await using ReplayHost host = await ReplayHost.StartAsync(log, ReplayHost.Hasty with { SegmentBytes = 16 << 10 });
        for (int seed = FirstSeed; seed < FirstSeed + Switches; seed++)
        {
            await SwitchAsync(host, seed);
        }
    }

    private async Task SwitchAsync(ReplayHost host, int seed)
    {
        var random = new Random(seed);
        bool isEntity = random.Next(2) == 0;
        EventStream<Flight> flights = host.NewFlights();
        await flights.EnsureAsync(
            new StreamSettings
            {
                IsEntity = isEntity,
                Partitions = random.Next(1, 4),
                CompactionMinLag = isEntity ? TimeSpan.Zero : null,
                RetentionTime = isEntity ? null : TimeSpan.FromSeconds(random.Next(1, 4)),
            },
            Cancellation);
        await ReplayHost.AppendAsync(flights, random, random.Next(200, 2_000), isEntity);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var rounds = new Rounds();
        Task work = Task.WhenAll(AppendAsync(flights, seed, isEntity, stop.Token), MaintainAsync(host, flights.Name, seed, rounds, stop.Token));

        int most = 300 + random.Next(1_500);
        var replayed = new Replayed();
        Dictionary<PartitionId, Offset>? ends = null;
        await foreach (ReplayBatch<Flight> batch in flights.ReplayAsync(new ReplayOptions { Follow = true, Parallelism = 2 }, Cancellation))
        {
            replayed.Add(batch);
            if (ends is null && random.Next(10) == 0)
            {
                await await Task.WhenAny(rounds.WaitAsync(random.Next(1, 3)), work); // A slow program: the history changes under the replay.
            }

            if (ends is null && replayed.Events.Count >= most)
            {
                await stop.CancelAsync();
                await work;
                ends = (await flights.PositionsAsync(Cancellation)).ToDictionary(p => p.Partition, p => p.LogEnd);
            }

            if (ends?.All(e => e.Value == default || (replayed.Next.TryGetValue(e.Key, out Offset next) && next >= e.Value)) == true)
            {
                break;
            }
        }

        await CheckAsync(flights, replayed, seed, isEntity);
    }

    private async Task CheckAsync(EventStream<Flight> flights, Replayed replayed, int seed, bool isEntity)
    {
        SortedDictionary<EventPosition, string> left = await ReplayHost.ReadAsync(flights);
        Dictionary<PartitionId, Offset> starts = (await flights.PositionsAsync(Cancellation)).ToDictionary(p => p.Partition, p => p.LogStart);
        ReplayGap[] retained = [.. replayed.Gaps.Where(g => g.Cause == ReplayGapCause.Retention)];
        output.WriteLine(
            $"seed {seed}, {(isEntity ? "entity" : "event")}: {replayed.Events.Count} events, {replayed.Gaps.Count} gaps, {retained.Length} of retention, "
            + $"{left.Count} left");
        Assert.All(left, e => Assert.Equal(e.Value, replayed.Events.GetValueOrDefault(e.Key)));
        Assert.All(replayed.Gaps, g => Assert.Equal(isEntity ? ReplayGapCause.Compaction : ReplayGapCause.Retention, g.Cause));
        Assert.All(retained, g => Assert.True(g.To <= starts[g.Partition], $"{g} is not below the log start."));
    }

    private static async Task AppendAsync(EventStream<Flight> flights, int seed, bool isEntity, CancellationToken stop)
    {
        var random = new Random(-seed);
        while (!stop.IsCancellationRequested)
        {
            await ReplayHost.AppendAsync(flights, random, random.Next(1, 60), isEntity);
        }
    }

    private static async Task MaintainAsync(ReplayHost host, string stream, int seed, Rounds rounds, CancellationToken stop)
    {
        string[] work = ["seal", "compact", "retain", "checkpoint"];
        var random = new Random(seed * 31);
        while (!stop.IsCancellationRequested)
        {
            await host.MaintainAsync(stream, work[random.Next(work.Length)]);
            rounds.Next();
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    /// <summary>Counts rounds of maintenance.</summary>
    private sealed class Rounds
    {
        private readonly SemaphoreSlim _done = new(0);

        public void Next() => _done.Release();

        public async Task WaitAsync(int rounds)
        {
            while (_done.Wait(0, Cancellation))
            {
                // Rounds before this call do not count.
            }

            for (int i = 0; i < rounds; i++)
            {
                await _done.WaitAsync(Cancellation);
            }
        }
    }
}
