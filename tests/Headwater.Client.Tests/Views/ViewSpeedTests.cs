using System.Diagnostics;
using System.Globalization;
using Headwater.Client.Sqlite;

namespace Headwater.Client.Tests;

/// <summary>Starts of a view of 1,000 keys, from a snapshot and from the log. HEADWATER_VIEW_EVENTS is the number of events (20,000).</summary>
public sealed class ViewSpeedTests(RunningLog log) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-speed").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_start_from_a_snapshot_costs_less_than_a_build()
    {
        int events = int.TryParse(Environment.GetEnvironmentVariable("HEADWATER_VIEW_EVENTS"), CultureInfo.InvariantCulture, out int asked) ? asked : 20_000;
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync(new StreamSettings { Partitions = 4, IsEntity = true }, Cancellation);
        foreach (int[] chunk in Enumerable.Range(0, events).Chunk(5_000))
        {
            await flights.AppendAsync([.. chunk.Select(i => new NewEvent<Flight>($"k{i % 1_000}", new("ABQ", i)))], cancellation: Cancellation);
        }

        var options = new ViewOptions { Name = "flights", Version = 1, Snapshots = SnapshotStore.InFolder(_folder) };
        (TimeSpan _, ViewOrigin _) = await StartAsync(flights, new ViewOptions { Name = "warm", Version = 1 });
        (TimeSpan build, ViewOrigin built) = await StartAsync(flights, options);
        (TimeSpan restore, ViewOrigin restored) = await StartAsync(flights, options);
        (TimeSpan sqlite, ViewOrigin _) = await StartAsync(
            flights, new ViewOptions { Name = "flights", Version = 1, Storage = new SqliteStorage(Path.Combine(_folder, "sqlite")) });

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{events} events: build {build.TotalMilliseconds:0} ms, from a snapshot {restore.TotalMilliseconds:0} ms ({restore / build:P1}), "
            + $"build in SQLite {sqlite.TotalMilliseconds:0} ms"));
        Assert.Equal(RebuildReason.NothingStored, built.Reason);
        Assert.NotNull(restored.Snapshot);
        Assert.True(restore < build * (events >= 500_000 ? 0.05 : 1), $"{restore} of {build}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<(TimeSpan Time, ViewOrigin Origin)> StartAsync(EventStream<Flight> flights, ViewOptions options)
    {
        long began = Stopwatch.GetTimestamp();
        await using View<string, Flight> view = await flights.Latest().StartAsync(options, Cancellation);
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        Assert.Equal(1_000, view.Count);
        return (took, view.Origin);
    }
}
