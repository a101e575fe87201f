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
        await ReplayHost.AppendAsync(flights, new Random(1), 3_000);

        Replayed replayed = await ReplayHost.ReplayAsync(flights);

        Assert.Equal(await ReplayHost.ReadAsync(flights), replayed.Events);
        Assert.Empty(replayed.Gaps);
    }
}
