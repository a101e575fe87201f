using System.Text.Json;
using Headwater.Testing;

namespace Headwater.Client.Tests;

/// <summary>Replays from the segment files of a local host.</summary>
public sealed class ReplayTests(RunningLog log)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("deflate")]
    [InlineData("null")]
    [InlineData("zstandard")]
    public async Task A_replay_equals_a_read_through_the_api(string codec)
    {
        await using ReplayHost host = await ReplayHost.StartAsync(log);
        EventStream<Flight> flights = host.NewFlights();
        await flights.EnsureAsync(new StreamSettings { Partitions = 3, Codec = codec }, Cancellation);
        await ReplayHost.AppendAsync(flights, new Random(1), 2_000);

        Replayed replayed = await ReplayHost.ReplayAsync(flights);

        Assert.Equal(await ReplayHost.ReadAsync(flights), replayed.Events);
        Assert.Empty(replayed.Gaps);
    }

    [Fact]
    public async Task A_replay_of_a_compacted_stream_equals_a_read_and_reports_the_gaps()
    {
        await using ReplayHost host = await ReplayHost.StartAsync(log, ReplayHost.Hasty);
        EventStream<Flight> flights = host.NewFlights();
        await flights.EnsureAsync(new StreamSettings { IsEntity = true, CompactionMinLag = TimeSpan.Zero }, Cancellation);
        await ReplayHost.AppendAsync(flights, new Random(2), 1_000, isEntity: true);
        await host.MaintainAsync(flights.Name, "seal");
        await Task.Delay(TimeSpan.FromSeconds(2), Cancellation); // Remembered keys hold compaction back, by the storage's clock of whole seconds.
        await host.MaintainAsync(flights.Name, "compact");
        await ReplayHost.AppendAsync(flights, new Random(3), 100, isEntity: true);

        Replayed replayed = await ReplayHost.ReplayAsync(flights);

        Assert.Equal(await ReplayHost.ReadAsync(flights), replayed.Events);
        Assert.Equal(1_100 - replayed.Events.Count, replayed.Gaps.Sum(g => g.To - g.From));
        Assert.NotEmpty(replayed.Gaps);
        Assert.All(replayed.Gaps, g => Assert.Equal(ReplayGapCause.Compaction, g.Cause));
    }

    [Fact]
    public async Task Values_of_a_stream_without_a_schema_are_those_of_the_api()
    {
        await using ReplayHost host = await ReplayHost.StartAsync(log);
        EventStream<JsonElement> any = host.Client.Stream(AzuriteFixture.UniqueName());
        await any.CreateAsync(new StreamSettings(), Cancellation);
        await any.AppendAsync(
            [
                .. ((string[])["1", "\"é\"", "{\"a\":[1,2,{}]}", "true"]).Select(v => new NewEvent<JsonElement>("k", JsonElement.Parse(v))),
                NewEvent.Tombstone<JsonElement>("k"),
            ],
            cancellation: Cancellation);

        Replayed replayed = await ReplayHost.ReplayAsync(any);

        Assert.Equal(await ReplayHost.ReadAsync(any), replayed.Events);
        Assert.Equal(5, replayed.Events.Count);
    }

    [Fact]
    public async Task Active_segments_that_are_left_out_of_listings_are_read_through_the_api()
    {
        await using ReplayHost host = await ReplayHost.StartAsync(log, ReplayHost.Small with { ListsActiveSegments = false });
        EventStream<Flight> flights = host.NewFlights();
        await flights.EnsureAsync(cancellation: Cancellation);
        await ReplayHost.AppendAsync(flights, new Random(4), 1_500);

        Replayed replayed = await ReplayHost.ReplayAsync(flights);

        Assert.Equal(await ReplayHost.ReadAsync(flights), replayed.Events);
    }

    [Fact]
    public async Task A_replay_that_goes_on_live_delivers_what_is_appended_later()
    {
        await using ReplayHost host = await ReplayHost.StartAsync(log);
        EventStream<Flight> flights = host.NewFlights();
        await flights.EnsureAsync(new StreamSettings { Partitions = 2 }, Cancellation);
        await ReplayHost.AppendAsync(flights, new Random(5), 200);
        var replayed = new Replayed();
        var reports = new List<ReplayProgress>();
        var options = new ReplayOptions { Follow = true, Progress = new Reports(reports) };
        await foreach (ReplayBatch<Flight> batch in flights.ReplayAsync(options, Cancellation))
        {
            replayed.Add(batch);
            if (replayed.Events.Count == 200)
            {
                await ReplayHost.AppendAsync(flights, new Random(6), 100);
            }
            else if (replayed.Events.Count == 300)
            {
                break;
            }
        }

        Assert.Equal(await ReplayHost.ReadAsync(flights), replayed.Events);
        Assert.True(reports[^1].IsComplete);
    }

    private sealed class Reports(List<ReplayProgress> all) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value) => all.Add(value);
    }
}
