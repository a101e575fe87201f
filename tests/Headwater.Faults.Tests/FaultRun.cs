using System.Net;
using System.Net.Http.Json;
using Headwater.LocalHost.Emulator;
using Headwater.LocalHost.Npm;
using Headwater.Testing;
using Xunit;

namespace Headwater.Faults.Tests;

/// <summary>
/// One run of the real stack: five hosts over Azurite serve twelve clients that write to four partitions. The hosts' storage calls fail in every way
/// that the service's can, hosts are killed and restarted throughout, and Azurite itself is stopped and started once. The tests check the log after
/// the run.
/// </summary>
public sealed class FaultRun : IAsyncLifetime
{
    private const int Hosts = 5;

    private const int Partitions = 4;

    /// <summary>With fewer kills, the run proves nothing about crashes.</summary>
    internal const int LeastKills = 3;

    /// <summary>With fewer acknowledged events, the run proves nothing about durability.</summary>
    internal const int LeastAcknowledged = 300;

    private readonly Ledger _ledger = new();

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("headwater-faults");

    /// <summary>How long faults are injected: 60 seconds, or HEADWATER_FAULT_SECONDS.</summary>
    private static TimeSpan Duration { get; } = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("HEADWATER_FAULT_SECONDS") ?? "60", System.Globalization.CultureInfo.InvariantCulture));

    internal IReadOnlyDictionary<EventName, Entry> Told => _ledger.Entries;

    internal int Acknowledged => Told.Values.Count(e => e.Outcome == Outcome.Acknowledged);

    internal FinalLog Log { get; private set; } = new();

    internal int Kills { get; private set; }

    public async ValueTask InitializeAsync()
    {
        NpmProject package = NpmProject.Find("azurite", "Azurite, the storage emulator,", TimeProvider.System);
        await package.EnsureInstalledAsync(TextWriter.Null, CancellationToken.None);
        Azurite azurite = await Azurite.StartAsync(
            new AzuriteFolder(_data.FullName), AzuritePorts.From(LastingPorts.First()), package, TimeProvider.System, CancellationToken.None);
        var fleet = new HostFleet(azurite.Ports.ConnectionString, Hosts, seed: 20261123);
        try
        {
            await fleet.StartAsync();
            await CreateStreamAsync(fleet);
            azurite = await DisturbAsync(fleet, azurite, package);
            Kills = fleet.Kills;
            Log = await FinalLog.ReadAsync(azurite.Ports.ConnectionString);
        }
        finally
        {
            fleet.Dispose();
            await azurite.DisposeAsync();
            _data.Delete(recursive: true);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<Azurite> DisturbAsync(HostFleet fleet, Azurite azurite, NpmProject package)
    {
        using var stop = new CancellationTokenSource();
        Task enough = EnoughAsync(fleet);
        Task killing = fleet.KillNowAndThenAsync(stop.Token);
        Task[] producing =
        [
            .. from kind in Enum.GetValues<ProducerKind>()
               from partition in Enumerable.Range(0, Partitions)
               select new Producer(kind, partition, partition, fleet, _ledger).RunAsync(stop.Token),
        ];
        await Task.Delay(Duration / 2, TimeProvider.System);
        await azurite.StopAsync();
        Azurite again = await Azurite.StartAsync(new AzuriteFolder(_data.FullName), azurite.Ports, package, TimeProvider.System, CancellationToken.None);
        Assert.Equal(azurite.Ports, again.Ports);
        await enough;
        await stop.CancelAsync();
        await killing;
        await Task.WhenAll(producing);
        return again;
    }

    /// <summary>Waits for <see cref="Duration"/>. If a busy machine has then done too little, waits until it has, at most four times as long.</summary>
    private async Task EnoughAsync(HostFleet fleet)
    {
        long began = TimeProvider.System.GetTimestamp();
        await Task.Delay(Duration, TimeProvider.System);
        while ((fleet.Kills < LeastKills || Acknowledged < LeastAcknowledged) && TimeProvider.System.GetElapsedTime(began) < Duration * 4)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }

    private static async Task CreateStreamAsync(HostFleet fleet)
    {
        using var client = new HttpClient();
        var settings = new
        {
            partitions = Partitions,
            schema = new
            {
                type = "record",
                name = "Numbered",
                fields = new[] { new { name = "producer", type = "string" }, new { name = "number", type = "long" } },
            },
        };
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage answer = await client.PutAsJsonAsync(new Uri(fleet.Any(), "/streams/faults"), settings);
            status = answer.StatusCode;
        }
        while (status is not (HttpStatusCode.Created or HttpStatusCode.OK));
    }
}
